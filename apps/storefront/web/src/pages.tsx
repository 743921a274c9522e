import type { RouteObject } from 'react-router';
import { Frame } from './frame/frame.js';
import { PageFailed } from './frame/page-failed.js';
import { ForOperators, ForPeople } from './sign-in/for-whom.js';

/** Every page in its own file, loaded on first use. The default export of the file is the page. */
export const pages: RouteObject[] = [
  {
    element: <Frame />,
    errorElement: <PageFailed />,
    hydrateFallbackElement: <p className="only-for-screen-readers">Loading</p>,
    children: [
      { index: true, lazy: () => page(import('./shop/shop-page.js')) },
      {
        element: <ForPeople />,
        children: [
          { path: 'cart', lazy: () => page(import('./cart/cart-page.js')) },
          { path: 'orders', lazy: () => page(import('./orders/orders-page.js')) },
          { path: 'orders/:id', lazy: () => page(import('./order/order-page.js')) },
        ],
      },
      {
        element: <ForOperators />,
        children: [
          { path: 'stage', lazy: () => page(import('./stage/stage-page.js')) },
          { path: 'dead-letters', lazy: () => page(import('./dead-letters/dead-letters-page.js')) },
          { path: 'stuck', lazy: () => page(import('./stuck/stuck-page.js')) },
          { path: 'audit', lazy: () => page(import('./audit/audit-page.js')) },
        ],
      },
      { path: 'docs', lazy: () => page(import('./docs/docs-page.js')) },
      { path: '*', lazy: () => page(import('./frame/not-found-page.js')) },
    ],
  },
];

async function page(file: Promise<{ default: React.ComponentType }>) {
  return { Component: (await file).default };
}
