import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Sku } from '@quadrille/contracts';
import { Problem, Public } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { amountOf } from '../persistence/amount.js';
import { ApiProblem } from './api-problem.js';

const Offer = z.object({
  sku: Sku,
  name: z.string(),
  price: z.int().describe('Minor units; what an order placed now pays for a piece.'),
  currency: z.string(),
});

/** What orders are priced from: the catalogue as far as this service has heard of it. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly dataSource: DataSource) {}

  @Public()
  @Get(':sku')
  @ApiOperation({ summary: 'What a product costs an order that is placed now' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'It can be ordered at this price.', standardSchema: Offer })
  @ApiProblem(400, 'malformed-request')
  @ApiProblem(404, 'unknown-sku: this service has not heard of it (yet)')
  @Header('cache-control', 'no-store')
  async read(@Param('sku', { schema: Sku }) sku: string): Promise<z.infer<typeof Offer>> {
    const [found] = await this.dataSource.query<{ name: string; price: string; currency: string }[]>(
      'select name, price, currency from products where sku = $1',
      [sku],
    );
    if (!found)
      throw new Problem(404, 'unknown-sku', `No order can be placed for ${sku}: it is in no catalogue heard of.`);
    return { sku, name: found.name, price: amountOf(found.price), currency: found.currency };
  }
}
