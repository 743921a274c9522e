import type { OrderDetails } from '@quadrille/contracts';
import { Problem } from '../talking/problem.js';

/** An order as the order service tells it. */
export interface Order extends OrderDetails {
  readonly status: 'PLACED' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';
  readonly reason: string | null;
  readonly placedAt: string;
  readonly endedAt: string | null;
}

export const STATUSES: readonly Order['status'][] = ['PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED'];

/** It has not ended, so it can be turned back. */
export const canBeCancelled = ({ status }: Order): boolean => status === 'PLACED';

/** Why an order could not be turned back, in words. */
export const whyNotCancelled = (error: Error): string =>
  error instanceof Problem && error.code === 'order-completed' ? 'Too late: it is completed.' : error.message;
