import type { OrderDetails } from '@quadrille/contracts';
import { Problem } from '../api/problem.js';

/** An order from the order service. */
export interface Order extends OrderDetails {
  readonly status: 'PLACED' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';
  readonly reason: string | null;
  readonly placedAt: string;
  readonly endedAt: string | null;
}

export const STATUSES: readonly Order['status'][] = ['PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED'];

/** Whether it has not ended, so that it can be cancelled. */
export const canBeCancelled = ({ status }: Order): boolean => status === 'PLACED';

/** The reason for a failed cancellation, as text. */
export const whyNotCancelled = (error: Error): string =>
  error instanceof Problem && error.code === 'order-completed' ? 'Too late: the order is completed.' : error.message;
