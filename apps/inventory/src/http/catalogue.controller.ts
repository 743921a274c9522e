import { Body, Controller, Get, Header, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ListProduct, Sku } from '@quadrille/contracts';
import { Caller, Commands, Operator, Public, Traceparent, type Waiter } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findProduct, listCatalogue, ProductView } from '../reads/catalogue.js';
import { eventOf, unknownSku } from './outcome.js';
import { Next, PageRequest, page } from './page.js';

const Listing = ListProduct.omit({ sku: true });
const CataloguePage = z.object({ products: z.array(ProductView), next: Next });

/** The catalogue. Inventory owns it; other services consume its events. */
@ApiTags('catalogue')
@Controller('catalogue')
export class CatalogueController {
  constructor(
    private readonly commands: Commands,
    private readonly dataSource: DataSource,
  ) {}

  @Operator()
  @Put(':sku')
  @ApiOperation({
    summary: 'Create or replace a product of the catalogue',
    description: 'Repeating the request changes nothing. Prices are in minor units; existing orders are not repriced.',
  })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiResponse({ status: 200, standardSchema: ProductView })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the SKU or a field is malformed' })
  @ApiResponse({ status: 422, description: 'Problem `unacceptable-values`: a field is out of range' })
  async put(
    @Param('sku', { schema: Sku }) sku: string,
    @Body({ schema: Listing }) listing: z.infer<typeof Listing>,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
  ): Promise<ProductView> {
    const outcome = await this.commands.run(
      'list-product',
      { sku, ...listing },
      { key: sku, caller, ...(traceparent !== undefined && { traceparent }) },
    );
    eventOf(outcome);
    return this.find(sku);
  }

  @Public()
  @Get()
  @ApiOperation({ summary: 'List products by SKU, paginated' })
  @ApiResponse({ status: 200, standardSchema: CataloguePage })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the cursor is invalid' })
  @ApiResponse({ status: 422, description: 'Problem `unacceptable-values`: the limit is out of range' })
  @Header('cache-control', 'no-store')
  async list(@Query({ schema: PageRequest }) request: PageRequest): Promise<z.infer<typeof CataloguePage>> {
    const { entries, next } = await page(request, (after, limit) => listCatalogue(this.dataSource, after, limit));
    return { products: entries, next };
  }

  @Public()
  @Get(':sku')
  @ApiOperation({ summary: 'Get a product' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiResponse({ status: 200, standardSchema: ProductView })
  @ApiResponse({ status: 404, description: 'Problem `unknown-sku`: the SKU is not in the catalogue' })
  @Header('cache-control', 'no-store')
  async find(@Param('sku', { schema: Sku }) sku: string): Promise<ProductView> {
    const product = await findProduct(this.dataSource, sku);
    if (!product) throw unknownSku(sku);
    return product;
  }
}
