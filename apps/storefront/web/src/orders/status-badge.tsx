import { Badge } from '@mantine/core';
import type { Order } from './order.js';

const LOOKS = {
  PLACED: ['gray', 'in progress'],
  CANCELLING: ['undo', 'compensating'],
  COMPLETED: ['accent', 'completed'],
  CANCELLED: ['undo', 'cancelled'],
} as const;

/** The status of an order, as a word in its colour. */
export function StatusBadge({ status }: { readonly status: Order['status'] }) {
  const [color, word] = LOOKS[status];
  return (
    <Badge color={color} variant="light" radius="sm" tt="none" fw={550} size="lg" data-status={status}>
      {word}
    </Badge>
  );
}
