/** A page in the navigation. */
export interface Place {
  readonly to: string;
  readonly name: string;
}

/** In the order of the navigation. */
export const PLACES: readonly Place[] = [
  { to: '/', name: 'Shop' },
  { to: '/orders', name: 'Orders' },
  { to: '/stage', name: 'Stage' },
  { to: '/stuck', name: 'Stuck' },
  { to: '/dead-letters', name: 'Dead letters' },
  { to: '/audit', name: 'Audit' },
  { to: '/docs', name: 'Docs' },
];
