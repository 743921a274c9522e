import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { CUSTOMERS } from '../cart/customers.js';
import { Page } from '../frame/page.js';
import { useOwnCustomer } from '../sign-in/use-session.js';
import { STATUSES } from './order.js';
import { OrdersTable } from './orders-table.js';
import { useOrders } from './use-orders.js';

const WORDS = {
  PLACED: 'in progress',
  CANCELLING: 'compensating',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
} as const;

/** Orders of one or all customers, page by page. */
export default function OrdersPage() {
  const [customerId, setCustomerId] = useLocalStorage({
    key: 'quadrille.orders-of',
    defaultValue: '',
    getInitialValueInEffect: false,
  });
  const [status, setStatus] = useState('');
  const own = useOwnCustomer();
  const { orders, failureReason, hasNextPage, isFetchingNextPage, fetchNextPage } = useOrders({
    customerId: own ? own.id : customerId,
    status,
  });
  return (
    <Page title="Orders" lead="Newest first. Open one to see its events and their causes." wide>
      <Group mb="lg" gap="md" align="flex-end">
        {!own && (
          <NativeSelect
            label="Whose"
            value={customerId}
            onChange={({ currentTarget }) => setCustomerId(currentTarget.value)}
            data={[
              { value: '', label: 'Everybody’s' },
              ...CUSTOMERS.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <NativeSelect
          label="Which"
          value={status}
          onChange={({ currentTarget }) => setStatus(currentTarget.value)}
          data={[{ value: '', label: 'All' }, ...STATUSES.map((each) => ({ value: each, label: WORDS[each] }))]}
        />
      </Group>
      <UnavailableNotice what="The list of orders" failure={failureReason} />
      {orders && orders.length > 0 && <OrdersTable orders={orders} />}
      {orders?.length === 0 && <Text c="dimmed">No orders.</Text>}
      {!orders && !failureReason && <Text role="status">Loading the orders…</Text>}
      {hasNextPage && (
        <Button variant="default" mt="lg" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older orders
        </Button>
      )}
    </Page>
  );
}
