import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type OrderDetails, OrderRequest } from '@quadrille/contracts';
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

/** As much of the reply as is needed here. */
type Reply = { header(name: string, value: string): unknown };

/** Nothing is known of a guest but where the goods go: guests elsewhere may have thought of the same idempotency key. */
const guestAt = (address: OrderRequest['shippingAddress']): string => `guest ${requestHash('guest', address)}`;

/** A UUID may be written in capitals; as a key it must be the same text everywhere. Where people are asked who they are, nobody is a guest. */
function customerOf({ customerId }: OrderRequest, principal: Principal): string | null {
  const wanted = customerId?.toLowerCase() ?? principal.customerId ?? null;
  if (mayActFor(principal, wanted)) return wanted;
  throw new Problem(
    403,
    'another-customer',
    'You can order in your own name only: leave customerId out, or say yours.',
    {
      pointers: ['/customerId'],
    },
  );
}

/** `POST /orders`: the only way a saga begins. */
@ApiTags('orders')
@Controller('orders')
export class PlaceOrderController {
  constructor(private readonly commands: Commands) {}

  @Customer()
  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Order: the saga begins, its outcome is seen at Location',
    description: 'Prices come from the catalogue. Lines of one SKU are merged.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'The same key and body are answered once. A refusal is not kept: under its key the same or a corrected body is decided anew. ' +
      'A key belongs to the customer, a guest’s to the address.',
  })
  @ApiResponse({
    status: 202,
    description: 'The order was taken.',
    standardSchema: TakenOrder,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @ApiProblem(400, 'malformed-request, malformed-idempotency-key')
  @ApiProblem(403, 'another-customer')
  @ApiProblem(500, 'outcome-unknown: the order may have been taken or not; if it was, it is at Location')
  @ApiProblem(409, 'request-still-running: the first request with this key')
  @ApiProblem(
    422,
    'unacceptable-values, unknown-sku, currency-not-offered, too-many-lines, quantity-too-large, total-too-large, idempotency-key-reused',
  )
  @ApiProblem(503, 'overloaded, database-unavailable: nothing was begun; come again after Retry-After')
  async place(
    @Body({ schema: OrderRequest }) request: OrderRequest,
    @IdempotencyKey() key: string | undefined,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<TakenOrder> {
    const customerId = customerOf(request, principal);
    const command = { ...request, customerId, orderId: newId() };
    const running = this.commands.run('place-order', command, {
      key: command.orderId,
      idempotencyKey:
        key === undefined ? undefined : { owner: customerId ?? guestAt(request.shippingAddress), key, request },
      traceparent,
      caller,
    });
    const outcome = await running.catch((error: unknown) => {
      // Where the order is, if it is.
      if (error instanceof Problem && error.code === 'outcome-unknown')
        reply.header('location', `/orders/${command.orderId}`);
      throw error;
    });
    const said = eventIn(outcome);
    if (!said) throw new Problem(409, 'order-exists', `There is an order ${command.orderId} already.`);
    // From what was said, not from what was asked: with an idempotency key it may be an earlier order.
    const { orderId, total, currency } = said.data as OrderDetails;
    reply.header('location', `/orders/${orderId}`);
    return { orderId, status: 'PLACED', total, currency };
  }
}
