import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { nameOf } from '../cart/customers.js';
import { moment, money, shortId, span, wordsOf } from '../ui/format.js';
import { CancelOrder } from './cancel-order.js';
import { canBeCancelled, type Order } from './order.js';
import classes from './orders-table.module.css';
import { StatusBadge } from './status-badge.js';

/** Orders as a table; on a phone as a list of cards. */
export const OrdersTable = ({ orders }: { readonly orders: readonly Order[] }) => (
  <table className={classes.table}>
    <thead>
      <tr>
        <th scope="col">Order</th>
        <th scope="col">Status</th>
        <th scope="col">Customer</th>
        <th scope="col">Placed</th>
        <th scope="col" className={classes.number}>
          Took
        </th>
        <th scope="col" className={classes.number}>
          Total
        </th>
        <th scope="col">
          <span className="only-for-screen-readers">Cancel</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {orders.map((order) => (
        <OrderRow key={order.orderId} order={order} />
      ))}
    </tbody>
  </table>
);

const OrderRow = ({ order }: { readonly order: Order }) => (
  <tr>
    <th scope="row">
      <Anchor component={Link} to={`/orders/${order.orderId}`} fw={550} className="tabular">
        {shortId(order.orderId)}
      </Anchor>
    </th>
    <td>
      <StatusBadge status={order.status} />
      {order.reason && (
        <Text span size="sm" c="dimmed" ml="xs">
          {wordsOf(order.reason)}
        </Text>
      )}
    </td>
    <td>{nameOf(order.customerId)}</td>
    <td className="tabular">{moment(order.placedAt)}</td>
    <td className={classes.number}>{order.endedAt && span(Date.parse(order.endedAt) - Date.parse(order.placedAt))}</td>
    <td className={classes.number}>{money(order.total, order.currency)}</td>
    <td>{canBeCancelled(order) && <CancelOrder orderId={order.orderId} inRow />}</td>
  </tr>
);
