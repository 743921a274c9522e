import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Problem } from '../talking/problem.js';
import { request } from '../talking/request.js';

/** Asks the order service to turn the saga back; asking twice changes nothing, too late is told. */
export function CancelOrder({ orderId }: { readonly orderId: string }) {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      request('order', `/orders/${orderId}/cancellation`, { method: 'POST', body: { reason: 'changed-mind' } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  });
  return (
    <>
      <Button variant="default" loading={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
        {cancel.isSuccess ? 'Cancellation requested' : 'Cancel the order'}
      </Button>
      {cancel.error instanceof Problem && (
        <Text c="undo" size="sm" role="alert">
          {cancel.error.code === 'order-completed' ? 'Too late: it is completed.' : cancel.error.message}
        </Text>
      )}
    </>
  );
}
