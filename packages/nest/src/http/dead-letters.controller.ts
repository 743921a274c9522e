import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DeadLetters } from '@quadrille/runtime';
import { z } from 'zod';
import { AdminRoute } from '../identity/access.js';
import { CurrentPrincipal, inTheNameOf, type Principal } from '../identity/principal.js';
import { Decision, DeadLetterId as Id, DeadLetterListing as Listing, ParkedState } from './operator-input.js';

const DeadLetter = z.object({
  id: Id,
  step: z.string(),
  messageId: z.uuid(),
  key: z.string(),
  state: ParkedState,
  code: z.string(),
  cause: z.string(),
  attempts: z.int(),
  dueAt: z.iso.datetime().nullable(),
  parkedAt: z.iso.datetime(),
  message: z.unknown(),
});
const Page = z.object({ deadLetters: z.array(DeadLetter.omit({ message: true })), next: z.string().nullable() });

/** Messages that this service could not process, and the decisions about them. */
@ApiTags('operation')
@Controller('dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @AdminRoute()
  @Get()
  @ApiOperation({ summary: 'Messages that could not be processed, oldest first' })
  @ApiResponse({
    status: 200,
    description: 'A page; `next` is the cursor of the following one.',
    standardSchema: Page,
  })
  async list(@Query({ schema: Listing }) query: z.infer<typeof Listing>) {
    const { rows, next } = await this.letters.list(query);
    return { deadLetters: rows.map(({ message, ...letter }) => letter), next };
  }

  @AdminRoute()
  @Get(':id')
  @ApiOperation({ summary: 'One dead letter, with the whole message' })
  @ApiResponse({ status: 200, description: 'The message with its cause.', standardSchema: DeadLetter })
  @ApiResponse({ status: 404, description: 'It was processed or discarded, or never existed.' })
  show(@Param('id', { schema: Id }) id: string) {
    return this.letters.show(id);
  }

  @AdminRoute()
  @Post(':id/redrive')
  @HttpCode(202)
  @ApiOperation({ summary: 'Retry it now; the messages behind it follow in order' })
  @ApiResponse({ status: 202, description: 'It is due.' })
  @ApiResponse({ status: 409, description: 'It only waits behind another message.' })
  async redrive(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Decision }) decision: Decision,
    @CurrentPrincipal() principal: Principal,
  ) {
    await this.letters.redrive(id, inTheNameOf(principal, decision));
    return { id, state: 'retrying' };
  }

  @AdminRoute()
  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Discard it permanently; the audit stores the operator, the reason and the message' })
  @ApiResponse({ status: 200, description: 'It is discarded.' })
  @ApiResponse({ status: 404, description: 'It was processed or discarded, or never existed.' })
  async discard(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Decision }) decision: Decision,
    @CurrentPrincipal() principal: Principal,
  ) {
    await this.letters.discard(id, inTheNameOf(principal, decision));
    return { id, state: 'discarded' };
  }
}
