import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { cursorAt, Operator, placeOf } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { SAGA_STATES } from '../domain/saga.js';
import { listSagas } from '../persistence/list-sagas.js';
import { Awaited } from './timeline-view.js';

const MAX_PAGE = 500;
const DEFAULT_PAGE = 50;
/** A hundred years. */
const MAX_SECONDS = 3_155_760_000;

const SagaState = z.enum(SAGA_STATES);

const Listing = z.object({
  state: SagaState.optional(),
  'older-than': z.coerce
    .number()
    .nonnegative()
    .max(MAX_SECONDS)
    .optional()
    .describe('Seconds. Only sagas that took longer; without a state, only those that still run.'),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
type Listing = z.infer<typeof Listing>;

const SagaView = z.object({
  orderId: z.uuid(),
  state: SagaState,
  awaited: Awaited.nullable().describe('The step that the ending waits for; null once it has ended.'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  lastEvent: z.string(),
});
const Page = z.object({ sagas: z.array(SagaView), next: z.string().nullable() });
type Page = z.infer<typeof Page>;

/** All sagas, with filters for slow ones. */
@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get()
  @ApiOperation({ summary: 'List sagas by state and duration, oldest first' })
  @ApiResponse({
    status: 200,
    description: 'A page; `next` is the cursor of the next one.',
    standardSchema: Page,
  })
  @ApiResponse({ status: 400, description: 'A parameter is malformed.' })
  @ApiResponse({ status: 422, description: 'A parameter is out of range.' })
  async list(@Query({ schema: Listing }) query: Listing): Promise<Page> {
    const olderThan = query['older-than'];
    const sagas = await listSagas(this.dataSource, {
      limit: query.limit,
      ...(query.state && { state: query.state }),
      ...(olderThan !== undefined && { longerThanSeconds: olderThan }),
      ...(query.cursor !== undefined && { after: placeOf(query.cursor) }),
    });
    const last = sagas.length === query.limit ? sagas.at(-1) : undefined;
    return { sagas, next: last ? cursorAt([last.startedAt, last.orderId]) : null };
  }
}
