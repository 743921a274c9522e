import { Anchor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { request } from '../api/request.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { Card } from '../frame/card.js';
import type { Order } from '../orders/order.js';
import { money } from '../ui/format.js';

/** The ordered lines, from the order service. `ended`: reloads when it changes. */
export function OrderSummary({ orderId, ended }: { readonly orderId: string; readonly ended: string | null }) {
  const { data: order, failureReason } = useQuery({
    queryKey: ['orders', 'one', orderId, ended],
    queryFn: ({ signal }) => request<Order>('order', `/orders/${orderId}`, { signal }),
  });
  return (
    <Card title="Order details">
      <UnavailableNotice what="The order" failure={failureReason} />
      {order && <Lines order={order} />}
      <Text size="sm" mt="md">
        <Anchor component={Link} to="/orders">
          All orders
        </Anchor>
        {' · '}
        <Anchor component={Link} to="/">
          Back to the shop
        </Anchor>
      </Text>
    </Card>
  );
}

function Lines({ order }: { readonly order: Order }) {
  const { items, currency, total, payment, shippingAddress: to } = order;
  return (
    <>
      <Table horizontalSpacing={0} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Article</Table.Th>
            <Table.Th scope="col" ta="right">
              Pieces
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Price
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ sku, quantity, unitPrice }) => (
            <Table.Tr key={sku}>
              <Table.Td>{sku}</Table.Td>
              <Table.Td ta="right">{quantity}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {money(quantity * unitPrice, currency)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row" colSpan={2}>
              {payment.method === 'card' ? `By card (${payment.token ?? 'tok_visa'})` : 'On account'}
            </Table.Th>
            <Table.Td ta="right" fw={600} className="tabular">
              {money(total, currency)}
            </Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
      <Text size="sm" c="dimmed" mt="sm">
        To {to.name}, {to.line1}, {to.postalCode} {to.city}, {to.country}
      </Text>
    </>
  );
}
