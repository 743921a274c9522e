import { Body, Get, Header, HttpCode, HttpException, Inject, Injectable, Param, Post, Query } from '@nestjs/common';
import { transaction } from '@quadrille/postgres';
import { Problem } from '@quadrille/runtime';
import type { z } from 'zod';
import type { Health } from '../health-service.js';
import { InvalidInput } from '../http/invalid-input.js';
import {
  DeadLetterId,
  DeadLetterListing,
  Decision,
  OutboxDeadLetterId,
  OutboxDeadLetterListing,
} from '../http/operator-input.js';
import { httpExceptionOf } from '../http/problem-exception.js';
import { CurrentPrincipal, inTheNameOf, type Principal } from '../identity/principal.js';
import type { ServiceParts } from '../service-parts.js';
import { Services } from './choreography-service.js';

const UNAVAILABLE = 503;

/**
 * The operators' API, for an application on Express or Fastify, Nest 11 or 12: it parses its input itself, because Nest 11 has no
 * schemas on parameters. {@link routesAt} sets its path and guards; without them it has no route.
 */
@Injectable()
export class OperationsController {
  constructor(@Inject(Services) private readonly services: Services) {}

  /** Readiness of all services: 503 if one is not ready. */
  @Get('health')
  @Header('cache-control', 'no-store')
  async health(): Promise<{ readonly ok: boolean; readonly services: Readonly<Record<string, Health>> }> {
    const entries = this.services.all().map(async ({ name, parts }) => [name, await parts.health.ready()] as const);
    const services = Object.fromEntries(await Promise.all(entries));
    const health = { ok: Object.values(services).every(({ ok }) => ok), services };
    if (!health.ok) throw new HttpException(health, UNAVAILABLE);
    return health;
  }

  @Get(':service/workload')
  @Header('cache-control', 'no-store')
  workload(@Param('service') service: string) {
    return this.answer(service, ({ workload }) => workload.now());
  }

  @Get(':service/sagas')
  @Header('cache-control', 'no-store')
  sagas(@Param('service') service: string) {
    return this.answer(service, ({ pool }) => {
      const { sagas } = this.services.named(service);
      if (!sagas)
        throw new Problem(404, 'no-sagas', `The service ${service} does not watch sagas: give forFeature \`sagas\`.`);
      return transaction(pool, (tx) => sagas.active(tx));
    });
  }

  @Get(':service/dead-letters')
  deadLetters(@Param('service') service: string, @Query() query: unknown) {
    return this.answer(service, async ({ deadLetters }) => {
      const { rows, next } = await deadLetters.list(read(DeadLetterListing, query, 'parameter'));
      return { deadLetters: rows.map(({ message, ...letter }) => letter), next };
    });
  }

  @Get(':service/dead-letters/:id')
  deadLetter(@Param('service') service: string, @Param('id') id: string) {
    return this.answer(service, ({ deadLetters }) => deadLetters.show(read(DeadLetterId, id, 'parameter', 'id')));
  }

  @Post(':service/dead-letters/:id/redrive')
  @HttpCode(202)
  redriveDeadLetter(
    @Param('service') service: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ) {
    return this.answer(service, async ({ deadLetters }) => {
      const letter = read(DeadLetterId, id, 'parameter', 'id');
      await deadLetters.redrive(letter, inTheNameOf(principal, read(Decision, body, 'body')));
      return { id: letter, state: 'retrying' };
    });
  }

  @Post(':service/dead-letters/:id/discard')
  @HttpCode(200)
  discardDeadLetter(
    @Param('service') service: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ) {
    return this.answer(service, async ({ deadLetters }) => {
      const letter = read(DeadLetterId, id, 'parameter', 'id');
      await deadLetters.discard(letter, inTheNameOf(principal, read(Decision, body, 'body')));
      return { id: letter, state: 'discarded' };
    });
  }

  @Get(':service/outbox-dead-letters')
  outboxDeadLetters(@Param('service') service: string, @Query() query: unknown) {
    return this.answer(service, async ({ outboxDeadLetters }) => {
      const { key, cursor, limit } = read(OutboxDeadLetterListing, query, 'parameter');
      const page = await outboxDeadLetters.list({ limit, ...(key && { key }), ...(cursor && { cursor }) });
      return { deadLetters: page.rows.map(({ payload, headers, ...record }) => record), next: page.next };
    });
  }

  /** The old name, for one release. */
  @Get(':service/unsendable')
  async outboxDeadLettersByOldName(@Param('service') service: string, @Query() query: unknown) {
    const { deadLetters, next } = await this.outboxDeadLetters(service, query);
    return { unsendable: deadLetters, next };
  }

  @Get([':service/outbox-dead-letters/:id', ':service/unsendable/:id'])
  outboxDeadLetter(@Param('service') service: string, @Param('id') id: string) {
    return this.answer(service, ({ outboxDeadLetters }) =>
      outboxDeadLetters.show(read(OutboxDeadLetterId, id, 'parameter', 'id')),
    );
  }

  @Post([':service/outbox-dead-letters/:id/redrive', ':service/unsendable/:id/redrive'])
  @HttpCode(202)
  redriveOutboxDeadLetter(
    @Param('service') service: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ) {
    return this.answer(service, async ({ outboxDeadLetters }) => {
      const record = read(OutboxDeadLetterId, id, 'parameter', 'id');
      await outboxDeadLetters.redrive(record, inTheNameOf(principal, read(Decision, body, 'body')));
      return { id: record, state: 'waiting' };
    });
  }

  @Post([':service/outbox-dead-letters/:id/discard', ':service/unsendable/:id/discard'])
  @HttpCode(200)
  discardOutboxDeadLetter(
    @Param('service') service: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ) {
    return this.answer(service, async ({ outboxDeadLetters }) => {
      const record = read(OutboxDeadLetterId, id, 'parameter', 'id');
      await outboxDeadLetters.discard(record, inTheNameOf(principal, read(Decision, body, 'body')));
      return { id: record, state: 'discarded' };
    });
  }

  /** Returns the response of a service; converts a rejection to the format of the application's filters. */
  private async answer<Result>(
    service: string,
    work: (parts: ServiceParts) => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(this.services.named(service).parts);
    } catch (error) {
      throw httpExceptionOf(error);
    }
  }
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  from: 'body' | 'parameter',
  name?: string,
): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new InvalidInput(value, error.issues, { from, ...(name && { name }) });
}
