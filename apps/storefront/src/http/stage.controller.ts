import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { eventsOf, servicesOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { ENVIRONMENT, Operator, Problem } from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { DemoOnly } from '../stage/demo-only.js';
import type { Lifted } from '../stage/faults/all-faults.js';
import { KINDS, MAX_ORDERS_PER_SECOND } from '../stage/orders-load.js';
import { FAULTS, type LoadOnStage } from '../stage/snapshot.js';
import { StageFeed } from '../stage/stage-feed.js';
import { ActsForCaller } from '../stage/stage-operator.js';
import { StageReader } from '../stage/stage-reader.js';
import { DemoControls } from '../stage/stagehand.js';
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
const GarbageRequest = z.object({
  service: z.enum(speaking as [string, ...string[]]),
  kind: z.enum(['unreadable', 'broken-event']),
});
const Nothing = z.strictObject({});

/** The system as it dances, and what moves it. */
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
    summary: 'A picture of the whole system every second, as server-sent events',
    description:
      '`stage` carries numbers and an even choice of events, never all of them. Nothing is asked while nobody watches.',
  })
  @ApiResponse({
    status: 200,
    description: 'A stream that does not end.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 429, description: 'There are as many readers of this address as it may have.' })
  @ApiResponse({ status: 503, description: 'As many watch as this instance takes.' })
  live(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (this.feed.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(503, 'too-many-readers', 'As many watch as this instance takes. Come back later.', {
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
    summary: 'Fire so many orders a second, 0 stops it; of these kinds. What is left out stays as it is',
  })
  @ApiResponse({ status: 200, description: 'The load now.' })
  @ApiResponse({ status: 403, description: 'No demonstration (QUADRILLE_DEMO).' })
  @ApiResponse({ status: 409, description: 'Then no kind would have a share.' })
  changeLoad(@Body({ schema: LoadRequest }) { ordersPerSecond, shares }: z.infer<typeof LoadRequest>): LoadOnStage {
    const { load } = this.demoControls;
    if (!load.change({ ordersPerSecond, shares: shares as Record<string, number> | undefined })) {
      throw new Problem(409, 'no-kind-left', 'Then no kind would have a share: give another one a share first.');
    }
    return load.state();
  }

  @Operator()
  @Put('faults/:fault')
  @UseGuards(DemoOnly)
  @HttpCode(202)
  @ApiOperation({ summary: 'Switch a fault on or off; `target` is the service, step or SKU where there are several' })
  @ApiResponse({ status: 202, description: 'It is switched; the stage shows when it has come to that.' })
  @ApiResponse({ status: 403, description: 'No demonstration (QUADRILLE_DEMO).' })
  @ApiResponse({ status: 409, description: 'It cannot be switched here.' })
  @ApiResponse({ status: 503, description: 'Who has the switch does not answer.' })
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
      'In words: `later` what nobody could be told yet, which is done as soon as somebody answers; `failures` what was refused.',
  })
  lift(@Body({ schema: Nothing }) _nothing: z.infer<typeof Nothing>): Promise<Lifted> {
    return this.demoControls.faults.lift();
  }

  @Operator()
  @Post('garbage')
  @UseGuards(DemoOnly)
  @HttpCode(202)
  @ApiOperation({
    summary: "Throw garbage on a service's topic: unreadable, or a broken event that holds up the saga of a new order",
  })
  @ApiResponse({ status: 202, description: 'Where it lies, and which order it concerns.' })
  throwGarbage(@Body({ schema: GarbageRequest }) { service, kind }: z.infer<typeof GarbageRequest>) {
    const { garbage } = this.demoControls;
    return kind === 'unreadable' ? garbage.unreadable(service) : garbage.brokenEvent(service);
  }
}
