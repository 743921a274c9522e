import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { GATEWAYS, GatewayUnavailable, Problem, Public } from '@quadrille/nest';
import { z } from 'zod';
import type { Countries, Gateways } from '../gateways/carrier.js';

const CountriesView = z.object({
  served: z.array(z.string()).describe('ISO 3166-1 alpha-2, sorted.'),
  refused: z.array(z.string()),
});

const RETRY_AFTER_SECONDS = 5;

/** The carrier's service area. */
@ApiTags('carrier')
@Controller('carrier')
export class CarrierController {
  constructor(@Inject(GATEWAYS) private readonly gateways: Gateways) {}

  @Public()
  @Get('countries')
  @ApiOperation({ summary: 'List the countries with and without service' })
  @ApiResponse({ status: 200, standardSchema: CountriesView })
  @ApiResponse({ status: 503, description: 'Problem `carrier-unavailable`: the carrier did not respond' })
  async countries(): Promise<Countries> {
    try {
      return await this.gateways.carrier.countries();
    } catch (error) {
      if (!(error instanceof GatewayUnavailable)) throw error;
      throw new Problem(503, 'carrier-unavailable', error.message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
  }
}
