import { Body, Controller, Get, HttpCode, Put } from '@nestjs/common';
import type { Consumer } from 'kafkajs';

/** The consumer of the running microservice, once it runs. */
export const consumerOf: { current?: Consumer } = {};

/** Endpoints for probes and the benchmark. */
@Controller()
export class ControlController {
  private held: readonly string[] = [];

  @Get('health/ready')
  ready(): { ok: true } {
    return { ok: true };
  }

  /** Pauses exactly these topics. */
  @Put('control/paused-topics')
  @HttpCode(200)
  hold(@Body() { topics }: { topics: string[] }): { topics: string[] } {
    const consumer = consumerOf.current!;
    consumer.pause(topics.map((topic) => ({ topic })));
    consumer.resume(this.held.filter((topic) => !topics.includes(topic)).map((topic) => ({ topic })));
    this.held = topics;
    return { topics };
  }
}
