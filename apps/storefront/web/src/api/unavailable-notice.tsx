import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Problem } from './problem.js';

/** Reports the unavailable service while a query fails, and that the page retries. Pass it `query.failureReason`. */
export function UnavailableNotice({ what, failure }: { readonly what: string; readonly failure: Error | null }) {
  if (!(failure instanceof Problem) || !failure.isTransient) return null;
  const { service, detail } = failure.document;
  return (
    <Alert
      role="status"
      color="undo"
      variant="light"
      icon={<IconPlugConnectedX aria-hidden />}
      title={service ? `${what}: ${service} is unavailable` : `${what} cannot be loaded at the moment`}
    >
      {detail} This page retries automatically.
    </Alert>
  );
}
