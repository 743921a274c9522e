import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Sku } from '@quadrille/contracts';
import { Problem, Public } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { amountOf } from '../persistence/products.js';
import { ApiProblem } from './api-problem.js';

const Offer = z.object({
  sku: Sku,
  name: z.string(),
  price: z.int().describe('Minor units; the price per piece in an order placed now.'),
  currency: z.string(),
});

/** The catalogue that prices orders, as far as this service has consumed its events. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly dataSource: DataSource) {}

  @Public()
  @Get(':sku')
  @ApiOperation({ summary: 'Get the price of a product in an order placed now' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'The product can be ordered at this price.', standardSchema: Offer })
  @ApiProblem(400, 'malformed-request')
  @ApiProblem(404, 'unknown-sku: this service has consumed no event of the product yet')
  @Header('cache-control', 'no-store')
  async read(@Param('sku', { schema: Sku }) sku: string): Promise<z.infer<typeof Offer>> {
    const [found] = await this.dataSource.query<{ name: string; price: string; currency: string }[]>(
      'select name, price, currency from products where sku = $1',
      [sku],
    );
    if (!found) throw new Problem(404, 'unknown-sku', `Unknown SKU ${sku}: no order can be placed for it.`);
    return { sku, name: found.name, price: amountOf(found.price), currency: found.currency };
  }
}
