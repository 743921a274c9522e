import type { People } from './kinds.js';

/**
 * Demonstration customers, the same in every run, so that orders can also be placed by hand. `npm start` opens their accounts.
 */
export const PEOPLE: People = {
  rich: Array.from({ length: 20 }, (_, at) => `0000ada0-0000-4000-8000-${String(at).padStart(12, '0')}`),
  poor: '0000b0b0-0000-4000-8000-000000000000',
};
