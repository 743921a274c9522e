import { useIsFetching } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Outlet, ScrollRestoration } from 'react-router';
import classes from './frame.module.css';
import { TopBar } from './top-bar.js';

/**
 * The frame of every page: skip link, navigation, page; busy until all data of the page are loaded or reported as unavailable.
 */
export function Frame() {
  const fetching = useIsFetching({
    predicate: ({ state }) => state.data === undefined && state.fetchFailureCount === 0,
  });
  return (
    <>
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      <TopBar />
      <main id="page" tabIndex={-1} className={classes.main} aria-busy={fetching > 0}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <ScrollRestoration />
    </>
  );
}
