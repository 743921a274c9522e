import {
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Faults } from '../faults/faults.js';
import { type Charge, heldBy, ReferenceReused } from './charge.js';
import { ChargeStore } from './charge-store.js';
import { AuthorizationRequest, PageRequest, ReferenceRequest } from './requests.js';
import { DECLINED_TOKEN } from './tokens.js';

/** The merchant API of the provider. A refusal is an answer with status 200; only faults are errors. */
@ApiTags('charges')
@ApiResponse({ status: 503, description: 'Problem `unavailable` or `issuer-unavailable`: repeat the request later' })
@Controller()
export class ChargesController {
  constructor(
    private readonly store: ChargeStore,
    private readonly faults: Faults,
  ) {}

  @Post('authorizations')
  @HttpCode(200)
  @ApiOperation({ summary: 'Hold an amount on a card; decided once per reference' })
  @ApiResponse({ status: 200, description: '`status`: authorized, declined (with `reason`) or reversed' })
  @ApiResponse({ status: 409, description: 'Problem `reference-reused`: the reference was used for another amount' })
  authorize(@Body({ schema: AuthorizationRequest }) wanted: z.infer<typeof AuthorizationRequest>) {
    return this.faults.around('authorize', wanted.reference, wanted.token, async () => {
      const charged = this.faults.settings.declines ? { ...wanted, token: DECLINED_TOKEN } : wanted;
      const { reference, status, authorization, reason } = await this.store.authorize(charged).catch(conflictIfReused);
      if (status === 'declined') return { reference, status, reason };
      return status === 'reversed' ? { reference, status } : { reference, status: 'authorized', authorization };
    });
  }

  @Post('captures')
  @HttpCode(200)
  @ApiOperation({ summary: 'Capture the whole hold, once' })
  @ApiResponse({ status: 200, description: '`status`: captured, declined (with `reason`) or reversed' })
  capture(@Body({ schema: ReferenceRequest }) { reference }: z.infer<typeof ReferenceRequest>) {
    return this.faults.around('capture', reference, this.store.find(reference)?.token, async () => {
      const charge = await this.store.capture(reference);
      if (!charge) return { reference, status: 'declined', reason: 'unknown-reference' };
      if (charge.status === 'captured') return { reference, status: 'captured', amount: charge.captured };
      return charge.status === 'reversed'
        ? { reference, status: 'reversed' }
        : { reference, status: 'declined', reason: charge.reason };
    });
  }

  @Post('reversals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel the hold or refund the charge of a reference, and refuse later requests' })
  @ApiResponse({ status: 200, description: '`status` is reversed; `released` and `refunded` in minor units' })
  reverse(@Body({ schema: ReferenceRequest }) { reference }: z.infer<typeof ReferenceRequest>) {
    return this.faults.around('reverse', reference, this.store.find(reference)?.token, async () => {
      const { status, authorized, captured, refunded } = await this.store.reverse(reference);
      return { reference, status, released: captured > 0 ? 0 : authorized, refunded };
    });
  }

  @Get('charges/:reference')
  @ApiOperation({ summary: 'Get the charge of a reference' })
  @ApiResponse({ status: 200, description: 'The charge, with the number of calls of each kind' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-reference`: no request used this reference' })
  find(@Param('reference') reference: string) {
    const charge = this.store.find(reference);
    if (!charge) throw unknown(reference);
    return this.shown(charge);
  }

  /** All charges for audits, oldest first. `next` is the cursor of the next page, null on the last. */
  @Get('charges')
  @ApiOperation({ summary: 'List all charges, oldest first, paginated' })
  @ApiResponse({ status: 200, description: 'A page; `next` is the cursor of the next page' })
  list(@Query({ schema: PageRequest }) { cursor, limit }: z.infer<typeof PageRequest>) {
    const charges = this.store.page(cursor, limit).map((charge) => this.shown(charge));
    return { charges, next: cursor + limit < this.store.size ? String(cursor + limit) : null };
  }

  private shown(charge: Charge) {
    const calls = this.faults.callsOf(charge.reference);
    return { ...charge, held: heldBy(charge), net: charge.captured - charge.refunded, calls };
  }
}

const unknown = (reference: string) =>
  new NotFoundException({
    code: 'unknown-reference',
    message: `Unknown reference ${reference}.`,
  });

function conflictIfReused(error: unknown): never {
  if (!(error instanceof ReferenceReused)) throw error;
  throw new ConflictException({ code: 'reference-reused', message: error.message });
}
