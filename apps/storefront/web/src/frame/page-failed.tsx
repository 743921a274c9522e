import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Page } from './page.js';

/** Shown if a page throws, or its file cannot be loaded because a new release replaced it. */
export function PageFailed() {
  const error = useRouteError();
  return (
    <Page
      title="This page does not work"
      lead={error instanceof Error ? error.message : 'Something unexpected happened.'}
    >
      <Button onClick={() => location.reload()}>Load it again</Button>
    </Page>
  );
}
