import type { Itinerary } from '@quadrille/contracts';

/** An order as the order service tells it. */
export interface Order extends Itinerary {
  readonly status: 'PLACED' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';
  readonly reason: string | null;
  readonly placedAt: string;
  readonly endedAt: string | null;
}

export const STATUSES: readonly Order['status'][] = ['PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED'];

/** It has not ended, so it can be turned back. */
export const canBeCancelled = ({ status }: Order): boolean => status === 'PLACED';
