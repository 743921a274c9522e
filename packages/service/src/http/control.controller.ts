import { Body, Controller, HttpCode, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Controls } from '../controls.js';

const HeldTopics = z.object({ topics: z.array(z.string().min(1).max(249)).max(100) });
const RelayState = z.object({ paused: z.boolean() });

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

  @Put('relay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the relay, or let it go on: what is said waits in the outbox meanwhile' })
  @ApiResponse({ status: 200, description: 'Whether the relay is paused now.' })
  relay(@Body({ schema: RelayState }) { paused }: z.infer<typeof RelayState>): z.infer<typeof RelayState> {
    this.controls.pauseRelay(paused);
    return { paused };
  }
}
