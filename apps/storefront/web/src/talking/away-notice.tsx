import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Problem } from './problem.js';

/** Says who is away while a query fails, and that the page goes on by itself. Give it `query.failureReason`. */
export function AwayNotice({ what, failure }: { readonly what: string; readonly failure: Error | null }) {
  if (!(failure instanceof Problem) || !failure.passes) return null;
  const { service, detail } = failure.document;
  return (
    <Alert
      role="status"
      color="undo"
      variant="light"
      icon={<IconPlugConnectedX aria-hidden />}
      title={service ? `${what}: ${service} is away` : `${what} cannot be read now`}
    >
      {detail} This page asks again by itself.
    </Alert>
  );
}
