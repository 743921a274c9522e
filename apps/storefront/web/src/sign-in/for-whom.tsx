import { Button } from '@mantine/core';
import { Outlet, useLocation } from 'react-router';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { Page } from '../frame/page.js';
import { signInAddress, useSession } from './use-session.js';

/** Wraps the pages of operators: other users see an explanation. */
export const ForOperators = () => <ForWhom operators />;

/** Wraps the pages with data of a customer: they require a sign-in. */
export const ForPeople = () => <ForWhom />;

function ForWhom({ operators = false }: { readonly operators?: boolean }) {
  const { data, failureReason } = useSession();
  const { pathname, search } = useLocation();
  if (!data) return <UnavailableNotice what="The signed-in user" failure={failureReason} />;
  const { authenticationRequired, canSignIn, person } = data;
  if (!authenticationRequired || (person && (!operators || person.isOperator))) return <Outlet />;
  const [title, lead] = person
    ? ['This page is for operators', `You are signed in as ${person.name}, a customer. Change person to see it.`]
    : [`Sign in first`, `This page is for ${operators ? 'operators' : 'customers, and shows their own data'}.`];
  return (
    <Page title={title} lead={lead}>
      {canSignIn && (
        <Button component="a" href={signInAddress(pathname + search, person ? 'choose' : undefined)}>
          {person ? 'Change person' : 'Sign in'}
        </Button>
      )}
    </Page>
  );
}
