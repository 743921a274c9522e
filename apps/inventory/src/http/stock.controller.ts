import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { ReceiveStock, Sku } from '@quadrille/contracts';
import { Commands, IdempotencyKey, newId, Traceparent } from '@quadrille/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Stock } from '../domain/stock.js';
import { readStock, readStockPage } from '../persistence/read-stock.js';
import { Next, PageRequest, page } from './page.js';
import { saidBy } from './said-by.js';
import { unknownSku } from './unknown-sku.js';

const Receipt = ReceiveStock.pick({ quantity: true });
const pieces = z.int().nonnegative();
const Shelf = z.object({
  ...{ sku: Sku, received: pieces, available: pieces, reserved: pieces, sold: pieces },
  changedAt: z.iso.datetime().nullable(),
});
const StockPage = z.object({ stock: z.array(Shelf), next: Next });

/** Idempotency keys of receipts belong to the warehouse as a whole: there is one, and it knows its delivery notes apart. */
const OWNER = 'warehouse';

const shown = ({ at, ...shelf }: Stock) => ({ ...shelf, changedAt: at ?? null });

/** What is on the shelves. Always: available + reserved + sold = received. */
@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(
    private readonly commands: Commands,
    private readonly dataSource: DataSource,
  ) {}

  @Post(':sku/receipts')
  @ApiOperation({ summary: 'Takes in a delivery' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Sending the same receipt again under the same key answers the same and takes nothing in a second time',
  })
  @ApiCreatedResponse({ standardSchema: ReceiveStock, description: 'It is available' })
  @ApiNotFoundResponse({ description: 'unknown-sku: it is not in the catalogue' })
  @ApiConflictResponse({ description: 'request-still-running: the first request with this key has no answer yet' })
  @ApiUnprocessableEntityResponse({
    description: 'unacceptable-values, too-much-stock, or idempotency-key-reused for another receipt',
  })
  async receive(
    @Param('sku', { schema: Sku }) sku: string,
    @Body({ schema: Receipt }) { quantity }: z.infer<typeof Receipt>,
    @IdempotencyKey() key?: string,
    @Traceparent() traceparent?: string,
  ) {
    const outcome = await this.commands.run(
      'receive-stock',
      { sku, receiptId: newId(), quantity },
      {
        key: sku,
        ...(key && { once: { owner: OWNER, key, request: { sku, quantity } } }),
        ...(traceparent && { traceparent }),
      },
    );
    return saidBy(outcome)?.data;
  }

  @Get()
  @ApiOperation({ summary: 'Lists the stock of all products by SKU' })
  @ApiOkResponse({ standardSchema: StockPage })
  async list(@Query({ schema: PageRequest }) request: PageRequest) {
    const { entries, next } = await page(request, (after, limit) => readStockPage(this.dataSource, after, limit));
    return { stock: entries.map(shown), next };
  }

  @Get(':sku')
  @ApiOperation({ summary: 'Shows the stock of a product' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiOkResponse({ standardSchema: Shelf })
  @ApiNotFoundResponse({ description: 'unknown-sku: it is not in the catalogue' })
  async find(@Param('sku', { schema: Sku }) sku: string) {
    const shelf = await readStock(this.dataSource, sku);
    if (!shelf) throw unknownSku(sku);
    return shown(shelf);
  }
}
