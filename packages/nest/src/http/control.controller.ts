import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { text } from '@quadrille/choreography';
import { z } from 'zod';
import { type ControlState, Controls } from '../faults/controls.js';
import { AdminRoute } from '../identity/access.js';

const PausedTopics = z.object({ topics: z.array(text(249)).max(100) });
const RelayState = z.object({ paused: z.boolean() });
const FailingSteps = z.object({ steps: z.array(text(100)).max(100) });
const PoisonRequest = z.object({ kind: z.enum(['unreadable', 'broken-event']), key: text(100) });
const CrashPoint = z.object({ at: text(100).nullable() });

/** Causes early, late and missing events on purpose. Exists only with QUADRILLE_DEMO=1. */
@ApiTags('demonstration')
@Controller('control')
export class ControlController {
  constructor(private readonly controls: Controls) {}

  @AdminRoute()
  @Get()
  @ApiOperation({ summary: 'The current state of the demonstration controls' })
  @ApiResponse({
    status: 200,
    description: 'The paused topics, whether the relay is paused, the failing steps.',
  })
  state(): ControlState {
    return this.controls.state();
  }

  @AdminRoute()
  @Put('failing-steps')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make exactly these steps fail, as if they had a bug, until a later call omits them' })
  @ApiResponse({ status: 200, description: 'The steps that fail now.' })
  fail(@Body({ schema: FailingSteps }) { steps }: z.infer<typeof FailingSteps>): z.infer<typeof FailingSteps> {
    this.controls.fail(steps);
    return { steps };
  }

  @AdminRoute()
  @Post('poison-messages')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Publish an invalid record on a topic of the service: unreadable, or an event with broken data',
  })
  @ApiResponse({ status: 202, description: 'The topic of the record.' })
  publishPoison(
    @Body({ schema: PoisonRequest }) { kind, key }: z.infer<typeof PoisonRequest>,
  ): Promise<{ topic: string }> {
    return this.controls.publishPoison(kind, key);
  }

  @AdminRoute()
  @Put('paused-topics')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause exactly these topics: no records are consumed from them until a later call omits them',
  })
  @ApiResponse({ status: 200, description: 'The topics that are paused now.' })
  pauseTopics(@Body({ schema: PausedTopics }) { topics }: z.infer<typeof PausedTopics>): z.infer<typeof PausedTopics> {
    this.controls.pause(topics);
    return { topics };
  }

  @AdminRoute()
  @Put('crash-point')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let the process kill itself at a crash point, as in relay.taken:3 for the third passage; null: at none',
  })
  @ApiResponse({ status: 200, description: 'The crash point that is set now.' })
  crashPoint(@Body({ schema: CrashPoint }) { at }: z.infer<typeof CrashPoint>): z.infer<typeof CrashPoint> {
    this.controls.crashAt(at);
    return { at };
  }

  @AdminRoute()
  @Put('relay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the relay, or resume it: events wait in the outbox while it is paused' })
  @ApiResponse({ status: 200, description: 'Whether the relay is paused now.' })
  relay(@Body({ schema: RelayState }) { paused }: z.infer<typeof RelayState>): z.infer<typeof RelayState> {
    this.controls.pauseRelay(paused);
    return { paused };
  }
}
