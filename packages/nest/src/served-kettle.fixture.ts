import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Commands } from '@quadrille/runtime';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { CREATE_POTS, kettle } from '../../runtime/src/kettle.fixture.js';
import type { ServiceDefinition } from './definition.js';
import { IdempotencyKey, Traceparent } from './http/request-headers.js';

class Pots1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_POTS);
  }
  async down(): Promise<void> {}
}

const Refill = z.object({ pot: z.string(), cups: z.int() });

@Controller('refills')
class Refills {
  constructor(private readonly commands: Commands) {}

  @Post()
  @HttpCode(202)
  refill(
    @Body({ schema: Refill }) refill: z.infer<typeof Refill>,
    @IdempotencyKey() key: string | undefined,
    @Traceparent() traceparent: string | undefined,
  ) {
    return this.commands.run('refill', refill, {
      key: refill.pot,
      ...(key !== undefined && { idempotencyKey: { owner: 'guest', key, request: refill } }),
      ...(traceparent !== undefined && { traceparent }),
    });
  }
}

/** The kettle as a complete service, with its table and an HTTP command: `POST /refills`. */
export const servedKettle: ServiceDefinition<any, any> = {
  ...kettle({ pourable: async () => {}, decidable: () => {} }),
  migrations: [Pots1900000000000],
  controllers: [Refills],
};
