import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ListProduct, Sku } from '@quadrille/contracts';
import { Commands, Traceparent } from '@quadrille/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { ListedProduct } from '../domain/products.js';
import { readCatalogue, readProduct } from '../persistence/read-catalogue.js';
import { Next, PageRequest, page } from './page.js';
import { saidBy } from './said-by.js';
import { unknownSku } from './unknown-sku.js';

const Listing = ListProduct.omit({ sku: true });
const Product = ListProduct.extend({ changedAt: z.iso.datetime() });
const CataloguePage = z.object({ products: z.array(Product), next: Next });

const shown = ({ listed, at, ...product }: ListedProduct) => ({ ...product, changedAt: at });

/** The catalogue: inventory owns it, others hear of it. */
@ApiTags('catalogue')
@Controller('catalogue')
export class CatalogueController {
  constructor(
    private readonly commands: Commands,
    private readonly dataSource: DataSource,
  ) {}

  @Put(':sku')
  @ApiOperation({
    summary: 'Puts a product into the catalogue as it shall be',
    description: 'Putting the same again changes nothing. Prices are in minor units; orders placed before keep theirs.',
  })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiOkResponse({ standardSchema: Product, description: 'The product as it is now' })
  async put(
    @Param('sku', { schema: Sku }) sku: string,
    @Body({ schema: Listing }) listing: z.infer<typeof Listing>,
    @Traceparent() traceparent?: string,
  ) {
    saidBy(
      await this.commands.run('list-product', { sku, ...listing }, { key: sku, ...(traceparent && { traceparent }) }),
    );
    return this.find(sku);
  }

  @Get()
  @ApiOperation({ summary: 'Lists the products by SKU' })
  @ApiOkResponse({ standardSchema: CataloguePage })
  async list(@Query({ schema: PageRequest }) request: PageRequest) {
    const { entries, next } = await page(request, (after, limit) => readCatalogue(this.dataSource, after, limit));
    return { products: entries.map(shown), next };
  }

  @Get(':sku')
  @ApiOperation({ summary: 'Shows a product' })
  @ApiParam({ name: 'sku', schema: { type: 'string' } })
  @ApiOkResponse({ standardSchema: Product })
  @ApiNotFoundResponse({ description: 'unknown-sku: it is not in the catalogue' })
  async find(@Param('sku', { schema: Sku }) sku: string) {
    const product = await readProduct(this.dataSource, sku);
    if (!product) throw unknownSku(sku);
    return shown(product);
  }
}
