import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { GUEST_PAYS_BY_CARD, type OrderDetails, OrderRequest } from '@quadrille/contracts';
import {
  Caller,
  Commands,
  CurrentPrincipal,
  Customer,
  IdempotencyKey,
  mayActFor,
  newId,
  type Principal,
  Problem,
  requestHash,
  Traceparent,
  type Waiter,
} from '@quadrille/nest';
import { ApiProblem } from './api-problem.js';
import { TakenOrder } from './order-view.js';
import { eventIn } from './outcome.js';

/** The part of the reply that this controller uses. */
type Reply = { header(name: string, value: string): unknown };

/** The owner of a guest's idempotency keys. Only the address identifies a guest: guests elsewhere may choose the same key. */
const guestAt = (address: OrderRequest['shippingAddress']): string => `guest ${requestHash('guest', address)}`;

/**
 * Normalises the case of the UUID, because the key must be the same text everywhere. If identity is configured, no caller is a
 * guest.
 */
function customerOf({ customerId }: OrderRequest, principal: Principal): string | null {
  const wanted = customerId?.toLowerCase() ?? principal.customerId ?? null;
  if (mayActFor(principal, wanted)) return wanted;
  throw new Problem(403, 'another-customer', 'You can order in your own name only: omit customerId, or use your own.', {
    pointers: ['/customerId'],
  });
}

/** `POST /orders`: starts a saga. */
@ApiTags('orders')
@Controller('orders')
export class PlaceOrderController {
  constructor(private readonly commands: Commands) {}

  @Customer()
  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Place an order; the saga starts, and Location shows its outcome',
    description: 'Prices come from the catalogue. Lines of the same SKU are merged.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Requests with the same key and body place one order. Rejections are not stored: the same or a corrected body is decided again. ' +
      'A key belongs to the customer; a guest’s key belongs to the address.',
  })
  @ApiResponse({
    status: 202,
    description: 'The order was accepted.',
    standardSchema: TakenOrder,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @ApiProblem(400, 'malformed-request, malformed-idempotency-key')
  @ApiProblem(403, 'another-customer')
  @ApiProblem(500, 'outcome-unknown: the order may have been accepted; if so, it is at Location')
  @ApiProblem(409, 'request-still-running: the first request with this key is still running')
  @ApiProblem(
    422,
    'unacceptable-values, unknown-sku, currency-not-offered, too-many-lines, quantity-too-large, total-too-large, idempotency-key-reused',
  )
  @ApiProblem(
    503,
    'overloaded, database-unavailable, personal-data-unavailable: nothing was started; retry after Retry-After',
  )
  async place(
    @Body({ schema: OrderRequest }) request: OrderRequest,
    @IdempotencyKey() key: string | undefined,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<TakenOrder> {
    const customerId = customerOf(request, principal);
    if (customerId === null && request.payment.method !== 'card') {
      const { message, path } = GUEST_PAYS_BY_CARD;
      throw new Problem(422, 'unacceptable-values', message, { pointers: [`/${path.join('/')}`] });
    }
    const command = { ...request, customerId, orderId: newId() };
    const running = this.commands.run('place-order', command, {
      key: command.orderId,
      idempotencyKey:
        key === undefined ? undefined : { owner: customerId ?? guestAt(request.shippingAddress), key, request },
      traceparent,
      caller,
    });
    const outcome = await running.catch((error: unknown) => {
      // The location of the order, if it was accepted.
      if (error instanceof Problem && error.code === 'outcome-unknown')
        reply.header('location', `/orders/${command.orderId}`);
      throw error;
    });
    const event = eventIn(outcome);
    if (!event) throw new Problem(409, 'order-exists', `Order ${command.orderId} already exists.`);
    // The emitted event, not the request: for a repeated key, it is the first order.
    const { orderId, total, currency } = event.data as OrderDetails;
    reply.header('location', `/orders/${orderId}`);
    return { orderId, status: 'PLACED', total, currency };
  }
}
