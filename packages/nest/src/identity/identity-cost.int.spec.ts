import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { makeApplication } from '../http/application.js';
import { httpSettings } from '../http/http-settings.fixture.js';
import type { ServiceProviders } from '../service-module.js';
import { Customer } from './access.js';
import { TestIssuer } from './issuer.fixture.js';
import { createVerifier, type TokenVerifier } from './token-verifier.js';

/** Number of measured runs, after as many unmeasured ones. */
const TIMES = 2_000;
/** Number of alternating rounds; the fastest counts. */
const ROUNDS = 4;
/** Maximum cost relative to a request without identity; under load both take a multiple of their time. */
const MOST_SHARE = 0.8;

@Controller()
class Shop {
  @Customer()
  @Get('mine')
  mine() {
    return {};
  }
}

const definition = { steps: { service: 'shop', steps: [] }, controllers: [Shop] } as unknown as ServiceDefinition<
  any,
  any
>;
const log = pino({ level: 'silent' });
const issuer = new TestIssuer();
const opened: NestFastifyApplication[] = [];

async function open(verifier?: TokenVerifier): Promise<NestFastifyApplication> {
  const settings = { ...httpSettings, RATE_LIMIT_PER_MINUTE: 1_000_000_000 };
  const given = { log, environment: {} } as unknown as ServiceProviders;
  const app = await makeApplication(definition, settings, given, { verifier });
  await app.getHttpAdapter().getInstance().ready();
  opened.push(app);
  return app;
}

const verifierOf = () => createVerifier({ AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: issuer.audience }, log)!;

/** The CPU time of one run, in microseconds. */
async function cost(one: (nth: number) => unknown): Promise<number> {
  for (let nth = 0; nth < TIMES; nth++) await one(nth);
  const before = process.cpuUsage();
  for (let nth = TIMES; nth < 2 * TIMES; nth++) await one(nth);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / TIMES;
}

beforeAll(() => issuer.start());
afterAll(async () => {
  for (const app of opened) await app.close();
  await issuer.stop();
});

describe('the cost of identifying callers', () => {
  it('is small for a token that was verified within the minute', async () => {
    const token = await issuer.token('0000ada0-0000-4000-8000-000000000000');
    const [without, authenticating] = [await open(), await open(verifierOf())];
    const headers = { authorization: `Bearer ${token}` };
    const request = (app: NestFastifyApplication) => () =>
      app.inject({ url: '/mine', headers, remoteAddress: '10.0.0.1' });
    const [open_, closed] = [[] as number[], [] as number[]];
    for (let round = 0; round < ROUNDS; round++) {
      open_.push(await cost(request(without)));
      closed.push(await cost(request(authenticating)));
    }
    const [least, most] = [Math.min(...open_), Math.min(...closed)];
    console.log(`a request: ${least.toFixed(1)} µs of CPU without identity, ${most.toFixed(1)} µs with it`);
    expect((most - least) / least).toBeLessThan(MOST_SHARE);
  });

  it.each(['RS256', 'ES256', 'EdDSA'])(
    'is one signature check for any other token: %s',
    async (alg) => {
      await issuer.rotate(alg);
      const tokens = await Promise.all(Array.from({ length: 2 * TIMES }, (_, nth) => issuer.token(`customer ${nth}`)));
      const verifier = verifierOf();
      const anew = await cost((nth) => verifier.verify(tokens[nth]!));
      console.log(`a token verified anew by ${alg}: ${anew.toFixed(0)} µs of CPU`);
      expect(anew).toBeLessThan(5_000);
    },
    60_000,
  );
});
