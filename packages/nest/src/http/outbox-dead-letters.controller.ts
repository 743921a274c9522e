import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OutboxDeadLetters } from '@quadrille/runtime';
import type { z } from 'zod';
import { AdminRoute } from '../identity/access.js';
import { CurrentPrincipal, inTheNameOf, type Principal } from '../identity/principal.js';
import { Decision, OutboxDeadLetterId as Id, OutboxDeadLetterListing as Listing } from './operator-input.js';

/** Records that no broker will ever accept, and the decisions about them. For one release also at the old path `/unsendable`. */
@ApiTags('operation')
@Controller()
export class OutboxDeadLettersController {
  constructor(private readonly records: OutboxDeadLetters) {}

  @AdminRoute()
  @Get('outbox-dead-letters')
  @ApiOperation({ summary: 'Records that can never be sent, oldest first' })
  @ApiResponse({ status: 200, description: 'A page; `next` is the cursor of the following one.' })
  async list(@Query({ schema: Listing }) { key, cursor, limit }: z.infer<typeof Listing>) {
    const page = await this.records.list({ limit, ...(key && { key }), ...(cursor && { cursor }) });
    return { deadLetters: page.rows.map(({ payload, headers, ...record }) => record), next: page.next };
  }

  @AdminRoute()
  @Get('unsendable')
  @ApiOperation({ summary: 'The same as `GET /outbox-dead-letters`, under its old name', deprecated: true })
  @ApiResponse({ status: 200, description: 'A page; `next` is the cursor of the following one.' })
  async listByOldName(@Query({ schema: Listing }) query: z.infer<typeof Listing>) {
    const { deadLetters, next } = await this.list(query);
    return { unsendable: deadLetters, next };
  }

  @AdminRoute()
  @Get(['outbox-dead-letters/:id', 'unsendable/:id'])
  @ApiOperation({ summary: 'One record, with its whole content' })
  @ApiResponse({ status: 200, description: 'The record with its cause.' })
  @ApiResponse({ status: 404, description: 'It was sent or discarded, or never existed.' })
  show(@Param('id', { schema: Id }) id: string) {
    return this.records.show(id);
  }

  @AdminRoute()
  @Post(['outbox-dead-letters/:id/redrive', 'unsendable/:id/redrive'])
  @HttpCode(202)
  @ApiOperation({ summary: 'Send it again, behind later records of its key' })
  @ApiResponse({ status: 202, description: 'It waits to be sent.' })
  @ApiResponse({ status: 404, description: 'It was sent or discarded, or never existed.' })
  @ApiResponse({ status: 409, description: 'It cannot be read yet.' })
  async redrive(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Decision }) decision: Decision,
    @CurrentPrincipal() principal: Principal,
  ) {
    await this.records.redrive(id, inTheNameOf(principal, decision));
    return { id, state: 'waiting' };
  }

  @AdminRoute()
  @Post(['outbox-dead-letters/:id/discard', 'unsendable/:id/discard'])
  @HttpCode(200)
  @ApiOperation({
    summary: 'Discard it permanently: it is never published; the audit stores the operator, the reason and the record',
  })
  @ApiResponse({ status: 200, description: 'It is discarded.' })
  @ApiResponse({ status: 404, description: 'It was sent or discarded, or never existed.' })
  async discard(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Decision }) decision: Decision,
    @CurrentPrincipal() principal: Principal,
  ) {
    await this.records.discard(id, inTheNameOf(principal, decision));
    return { id, state: 'discarded' };
  }
}
