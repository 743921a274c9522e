import { Suspense } from 'react';
import { Outlet, ScrollRestoration } from 'react-router';
import classes from './frame.module.css';
import { TopBar } from './top-bar.js';

/** Around every page: the way past the navigation, the navigation, the page. */
export function Frame() {
  return (
    <>
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      <TopBar />
      <main id="page" tabIndex={-1} className={classes.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <ScrollRestoration />
    </>
  );
}
