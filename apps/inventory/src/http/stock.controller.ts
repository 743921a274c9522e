import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ReceiveStock, Sku } from '@quadrille/contracts';
import { Caller, Commands, IdempotencyKey, newId, Operator, Public, Traceparent, type Waiter } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findStock, listStock, StockView } from '../reads/stock.js';
import { eventOf, unknownSku } from './outcome.js';
import { Next, PageRequest, page } from './page.js';

type Receipt = z.infer<typeof ReceiveStock>;
const ReceiptRequest = ReceiveStock.pick({ quantity: true });
const StockPage = z.object({ stock: z.array(StockView), next: Next });

/** The owner of all idempotency keys of receipts. The warehouse is a single caller with unique keys. */
const OWNER = 'warehouse';

/** The stock. Invariant: available + reserved + sold = received. */
@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(
    private readonly commands: Commands,
    private readonly dataSource: DataSource,
  ) {}

  @Operator()
  @Post(':sku/receipts')
  @ApiOperation({ summary: 'Receive a delivery; the pieces are available immediately' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Requests with the same key, SKU and quantity count once; rejections are not stored',
  })
  @ApiResponse({ status: 201, standardSchema: ReceiveStock })
  @ApiResponse({ status: 400, description: 'Problem: the SKU, the header or the body is malformed' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-sku`: the SKU is not in the catalogue' })
  @ApiResponse({
    status: 409,
    description: 'Problem `request-still-running`: the first request with this key is still running',
  })
  @ApiResponse({
    status: 422,
    description: 'Problem `unacceptable-values`, `too-much-stock` or `idempotency-key-reused`',
  })
  async receive(
    @Param('sku', { schema: Sku }) sku: string,
    @Body({ schema: ReceiptRequest }) { quantity }: z.infer<typeof ReceiptRequest>,
    @IdempotencyKey() key: string | undefined,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
  ): Promise<Receipt> {
    const outcome = await this.commands.run(
      'receive-stock',
      { sku, receiptId: newId(), quantity },
      {
        key: sku,
        ...(key !== undefined && { idempotencyKey: { owner: OWNER, key, request: { sku, quantity } } }),
        ...(traceparent !== undefined && { traceparent }),
        caller,
      },
    );
    const event = eventOf(outcome);
    if (!event) throw new Error('receive-stock emitted no event.');
    // The emitted event, not the request: for a repeated key, it is the first receipt.
    return event.data as Receipt;
  }

  @Public()
  @Get()
  @ApiOperation({ summary: 'List the stock of all products by SKU, paginated' })
  @ApiResponse({ status: 200, standardSchema: StockPage })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the cursor is invalid' })
  @ApiResponse({ status: 422, description: 'Problem `unacceptable-values`: the limit is out of range' })
  @Header('cache-control', 'no-store')
  async list(@Query({ schema: PageRequest }) request: PageRequest): Promise<z.infer<typeof StockPage>> {
    const { entries, next } = await page(request, (after, limit) => listStock(this.dataSource, after, limit));
    return { stock: entries, next };
  }

  @Public()
  @Get(':sku')
  @ApiOperation({ summary: 'Get the stock of a product' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiResponse({ status: 200, standardSchema: StockView })
  @ApiResponse({ status: 404, description: 'Problem `unknown-sku`: the SKU is not in the catalogue' })
  @Header('cache-control', 'no-store')
  async find(@Param('sku', { schema: Sku }) sku: string): Promise<StockView> {
    const shelf = await findStock(this.dataSource, sku);
    if (!shelf) throw unknownSku(sku);
    return shelf;
  }
}
