import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { eventsOf, servicesOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { ENVIRONMENT, Operator, Problem } from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { DemoControls } from '../stage/demo-controls.js';
import { DemoOnly } from '../stage/demo-only.js';
import type { Lifted } from '../stage/faults/all-faults.js';
import { KINDS, MAX_ORDERS_PER_SECOND } from '../stage/orders-load.js';
import { FAULTS, type LoadOnStage } from '../stage/snapshot.js';
import { StageFeed } from '../stage/stage-feed.js';
import { ActsForCaller } from '../stage/stage-operator.js';
import { StageReader } from '../stage/stage-reader.js';
import { openEventStream } from './open-event-stream.js';
import { ReadersByAddress } from './readers-by-address.js';

const RETRY_AFTER_SECONDS = 10;
const MAX_SHARE = 1_000;

const speaking = servicesOf(checkout.rows).filter((service) =>
  eventsOf(checkout.rows).some(({ service: by }) => by === service),
);

const LoadRequest = z.object({
  ordersPerSecond: z.number().min(0).max(MAX_ORDERS_PER_SECOND).optional(),
  shares: z.partialRecord(z.enum(KINDS), z.number().min(0).max(MAX_SHARE)).optional(),
});
const Fault = z.enum(FAULTS);
const FaultRequest = z.object({ target: z.string().min(1).max(100).nullable().default(null), on: z.boolean() });
const PoisonRequest = z.object({
  service: z.enum(speaking as [string, ...string[]]),
  kind: z.enum(['unreadable', 'broken-event']),
});
const Nothing = z.strictObject({});

/** The live state of the system, its load and its faults. */
@ApiTags('stage')
@Controller('stage')
@UseGuards(ActsForCaller)
export class StageController {
  constructor(
    private readonly feed: StageFeed,
    private readonly demoControls: DemoControls,
    private readonly addresses: ReadersByAddress,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment,
  ) {}

  @Operator()
  @Get('live')
  @ApiOperation({
    summary: 'Stream a snapshot of the whole system per second, as server-sent events',
    description:
      '`stage` carries figures and an even sample of events, never all of them. Without a reader nothing is queried.',
  })
  @ApiResponse({
    status: 200,
    description: 'An endless stream.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 429, description: 'The limit of readers per address is reached.' })
  @ApiResponse({ status: 503, description: 'The limit of readers of this instance is reached.' })
  live(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (this.feed.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(503, 'too-many-readers', 'The limit of readers of this instance is reached. Try again later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.addresses.admit(request);
    this.feed.add(new StageReader(openEventStream(reply)));
  }

  @Operator()
  @Patch('load')
  @UseGuards(DemoOnly)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Set the number of orders per second (0 stops the load) and their kinds. Omitted fields are unchanged',
  })
  @ApiResponse({ status: 200, description: 'The current load.' })
  @ApiResponse({ status: 403, description: 'Not a demonstration (QUADRILLE_DEMO).' })
  @ApiResponse({ status: 409, description: 'No kind would have a share.' })
  changeLoad(@Body({ schema: LoadRequest }) { ordersPerSecond, shares }: z.infer<typeof LoadRequest>): LoadOnStage {
    const { load } = this.demoControls;
    if (!load.change({ ordersPerSecond, shares: shares as Record<string, number> | undefined })) {
      throw new Problem(409, 'no-kind-left', 'No kind would have a share: give another kind a share first.');
    }
    return load.state();
  }

  @Operator()
  @Put('faults/:fault')
  @UseGuards(DemoOnly)
  @HttpCode(202)
  @ApiOperation({ summary: 'Switch a fault on or off; `target` is the service, step or SKU if there are several' })
  @ApiResponse({ status: 202, description: 'The switch is accepted; the stage shows when it takes effect.' })
  @ApiResponse({ status: 403, description: 'Not a demonstration (QUADRILLE_DEMO).' })
  @ApiResponse({ status: 409, description: 'It cannot be switched here.' })
  @ApiResponse({ status: 503, description: 'The service that has the switch does not respond.' })
  async setFault(
    @Param('fault', { schema: Fault }) fault: z.infer<typeof Fault>,
    @Body({ schema: FaultRequest }) { target, on }: z.infer<typeof FaultRequest>,
  ) {
    await this.demoControls.faults.set(fault, target, on);
    return { fault, target, on };
  }

  @Operator()
  @Post('lift')
  @UseGuards(DemoOnly)
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch all faults off; the body is an empty object' })
  @ApiResponse({
    status: 200,
    description:
      'As text: `later` are faults of unreachable services, which are switched off once those respond; `failures` were refused.',
  })
  lift(@Body({ schema: Nothing }) _nothing: z.infer<typeof Nothing>): Promise<Lifted> {
    return this.demoControls.faults.lift();
  }

  @Operator()
  @Post('poison-messages')
  @UseGuards(DemoOnly)
  @HttpCode(202)
  @ApiOperation({
    summary:
      'Publish a poison message on a topic of a service: unreadable, or an invalid event that blocks the saga of a new order',
  })
  @ApiResponse({ status: 202, description: 'Its record, and the affected order.' })
  publishPoison(@Body({ schema: PoisonRequest }) { service, kind }: z.infer<typeof PoisonRequest>) {
    const { poison } = this.demoControls;
    return kind === 'unreadable' ? poison.unreadable(service) : poison.brokenEvent(service);
  }
}
