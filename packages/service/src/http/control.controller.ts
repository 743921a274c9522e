import { Body, Controller, HttpCode, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Controls } from '../controls.js';

const HeldTopics = z.object({ topics: z.array(z.string().min(1).max(249)).max(100) });
const RelayState = z.object({ paused: z.boolean() });
const CrashPoint = z.object({ at: z.string().max(100).nullable() });

/** Makes early, late and missing events happen on purpose. Exists only where QUADRILLE_DEMO=1. */
@ApiTags('demonstration')
@Controller('control')
export class ControlController {
  constructor(private readonly controls: Controls) {}

  @Put('held-topics')
  @HttpCode(200)
  @ApiOperation({ summary: 'Hold exactly these topics: nothing is taken from them until they are left out again' })
  @ApiResponse({ status: 200, description: 'The topics that are held now.' })
  hold(@Body({ schema: HeldTopics }) { topics }: z.infer<typeof HeldTopics>): z.infer<typeof HeldTopics> {
    this.controls.hold(topics);
    return { topics };
  }

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

  @Put('relay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the relay, or let it go on: what is said waits in the outbox meanwhile' })
  @ApiResponse({ status: 200, description: 'Whether the relay is paused now.' })
  relay(@Body({ schema: RelayState }) { paused }: z.infer<typeof RelayState>): z.infer<typeof RelayState> {
    this.controls.pauseRelay(paused);
    return { paused };
  }
}
