import { Button } from '@mantine/core';
import { Outlet, useLocation } from 'react-router';
import { Page } from '../frame/page.js';
import { AwayNotice } from '../talking/away-notice.js';
import { signInAddress, useSession } from './use-session.js';

/** Around the pages of operators: others are told that they are none. */
export const ForOperators = () => <ForWhom operators />;

/** Around the pages that show what belongs to a customer: one signs in first. */
export const ForPeople = () => <ForWhom />;

function ForWhom({ operators = false }: { readonly operators?: boolean }) {
  const { data, failureReason } = useSession();
  const { pathname, search } = useLocation();
  if (!data) return <AwayNotice what="Who you are" failure={failureReason} />;
  const { asked, canSignIn, person } = data;
  if (!asked || (person && (!operators || person.isOperator))) return <Outlet />;
  const [title, lead] = person
    ? ['This page is for operators', `You are signed in as ${person.name}, who is a customer. Change person to see it.`]
    : [`Sign in first`, `This page is for ${operators ? 'operators' : 'customers: it shows what is theirs'}.`];
  return (
    <Page title={title} lead={lead}>
      {canSignIn && (
        <Button component="a" href={signInAddress(pathname + search, person !== null)}>
          {person ? 'Change person' : 'Sign in'}
        </Button>
      )}
    </Page>
  );
}
