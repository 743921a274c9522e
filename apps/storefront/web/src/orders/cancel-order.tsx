import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/request.js';
import { shortId } from '../ui/format.js';
import { whyNotCancelled } from './order.js';

interface CancelOrderProps {
  readonly orderId: string;
  /** Small and without the order, for a row of a list. */
  readonly inRow?: boolean;
}

/** Requests the cancellation of an order; a repeated request changes nothing, and a completed order is reported. */
export function CancelOrder({ orderId, inRow = false }: CancelOrderProps) {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      request('order', `/orders/${orderId}/cancellation`, { method: 'POST', body: { reason: 'changed-mind' } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  });
  const [askLabel, doneLabel] = inRow ? ['Cancel', 'Requested'] : ['Cancel the order', 'Cancellation requested'];
  return (
    <>
      <Button
        variant="default"
        size={inRow ? 'compact-sm' : 'sm'}
        loading={cancel.isPending}
        disabled={cancel.isSuccess}
        onClick={() => cancel.mutate()}
        aria-label={inRow ? `${cancel.isSuccess ? doneLabel : askLabel}: order ${shortId(orderId)}` : undefined}
      >
        {cancel.isSuccess ? doneLabel : askLabel}
      </Button>
      {cancel.error && (
        <Text span={inRow} c="var(--q-undo)" size="sm" role="alert" ml={inRow ? 'xs' : 0}>
          {whyNotCancelled(cancel.error)}
        </Text>
      )}
    </>
  );
}
