import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { text } from '@quadrille/choreography';
import { z } from 'zod';
import { type ControlState, Controls } from '../faults/controls.js';
import { AdminRoute } from '../identity/access.js';

const HeldTopics = z.object({ topics: z.array(text(249)).max(100) });
const RelayState = z.object({ paused: z.boolean() });
const FailingSteps = z.object({ steps: z.array(text(100)).max(100) });
const GarbageRequest = z.object({ kind: z.enum(['unreadable', 'broken-event']), key: text(100) });
const CrashPoint = z.object({ at: text(100).nullable() });

/** Causes early, late and missing events on purpose. Exists only with QUADRILLE_DEMO=1. */
@ApiTags('demonstration')
@Controller('control')
export class ControlController {
  constructor(private readonly controls: Controls) {}

  @AdminRoute()
  @Get()
  @ApiOperation({ summary: 'What is switched on at the moment' })
  @ApiResponse({
    status: 200,
    description: 'The topics that are held, whether the relay is paused, the steps that fail.',
  })
  state(): ControlState {
    return this.controls.state();
  }

  @AdminRoute()
  @Put('failing-steps')
  @HttpCode(200)
  @ApiOperation({ summary: 'Exactly these steps fail, as if they had a bug, until they are left out again' })
  @ApiResponse({ status: 200, description: 'The steps that fail now.' })
  fail(@Body({ schema: FailingSteps }) { steps }: z.infer<typeof FailingSteps>): z.infer<typeof FailingSteps> {
    this.controls.fail(steps);
    return { steps };
  }

  @AdminRoute()
  @Post('garbage')
  @HttpCode(202)
  @ApiOperation({
    summary: "Put a record on the service's topic that nobody said: unreadable, or an event that is broken",
  })
  @ApiResponse({ status: 202, description: 'The topic it lies on.' })
  garbage(@Body({ schema: GarbageRequest }) { kind, key }: z.infer<typeof GarbageRequest>): Promise<{ topic: string }> {
    return this.controls.publishPoison(kind, key);
  }

  @AdminRoute()
  @Put('held-topics')
  @HttpCode(200)
  @ApiOperation({ summary: 'Hold exactly these topics: nothing is taken from them until they are left out again' })
  @ApiResponse({ status: 200, description: 'The topics that are held now.' })
  hold(@Body({ schema: HeldTopics }) { topics }: z.infer<typeof HeldTopics>): z.infer<typeof HeldTopics> {
    this.controls.pause(topics);
    return { topics };
  }

  @AdminRoute()
  @Put('crash-point')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let the process kill itself at a passage of a named place, as in relay.taken:3; null: at none',
  })
  @ApiResponse({ status: 200, description: 'Where it will die now.' })
  crashPoint(@Body({ schema: CrashPoint }) { at }: z.infer<typeof CrashPoint>): z.infer<typeof CrashPoint> {
    this.controls.crashAt(at);
    return { at };
  }

  @AdminRoute()
  @Put('relay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the relay, or let it go on: what is said waits in the outbox meanwhile' })
  @ApiResponse({ status: 200, description: 'Whether the relay is paused now.' })
  relay(@Body({ schema: RelayState }) { paused }: z.infer<typeof RelayState>): z.infer<typeof RelayState> {
    this.controls.pauseRelay(paused);
    return { paused };
  }
}
