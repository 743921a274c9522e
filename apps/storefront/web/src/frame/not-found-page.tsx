import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { Page } from './page.js';

/** For unknown addresses. */
export default function NotFoundPage() {
  return (
    <Page title="There is no such page" lead="The address may be mistyped, or the page may have moved.">
      <Button component={Link} to="/">
        To the shop
      </Button>
    </Page>
  );
}
