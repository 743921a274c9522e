import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { listUnreadable } from '../persistence/list-unreadable.js';

const MAX_LISTED = 200;
const DEFAULT_LISTED = 50;

const Listing = z.object({ limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(DEFAULT_LISTED) });

const UnreadableRecord = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  key: z.string().nullable(),
  headers: z.string().describe('JSON, truncated if it is long.'),
  value: z.string().nullable().describe('Truncated if it is long; the record itself is still on its topic.'),
  code: z.string(),
  cause: z.string(),
  readAt: z.iso.datetime(),
});
const Listed = z.object({ records: z.array(UnreadableRecord) });

/** Unreadable records on the topics, stored with their cause, so that reading continues. */
@ApiTags('operation')
@Controller('unreadable-records')
export class UnreadableRecordsController {
  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get()
  @ApiOperation({ summary: 'List unreadable records, latest first' })
  @ApiResponse({ status: 200, description: 'The position and the cause of each.', standardSchema: Listed })
  async list(@Query({ schema: Listing }) { limit }: z.infer<typeof Listing>): Promise<z.infer<typeof Listed>> {
    return { records: await listUnreadable(this.dataSource, limit) };
  }
}
