import type { Side } from '../cli/options.js';
import { startBaseline } from '../systems/baseline.js';
import { startQuadrille } from '../systems/quadrille.js';
import type { Shop } from '../systems/shop.js';
import type { Started } from '../systems/started.js';

/** Starts a side with the four services of the saga. */
export const startSide = (side: Side, started: Started): Promise<Shop> =>
  side === 'quadrille' ? startQuadrille(started) : startBaseline(started);
