import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const QUADRILLE = fileURLToPath(new URL('../bin/quadrille.mjs', import.meta.url));
const SLOW_MS = 60_000;
const CLOSED_PORT = 'http://127.0.0.1:1';

/** A service with one dead letter, 1, until it is redriven or discarded; `/foreign` belongs to another system. */
let service: Server;
let isThere = true;
const home = mkdtempSync(join(tmpdir(), 'quadrille-usage-'));
beforeAll(async () => {
  service = createServer((request, response) => {
    const url = request.url ?? '';
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.startsWith('/foreign')) return void response.end('<html>somebody else</html>');
    if (isThere && /^\/dead-letters\/1\/(redrive|discard)$/.test(url)) {
      isThere = false;
      return answer(200, { id: '1' });
    }
    answer(404, { detail: `There is no dead letter ${url.split('/')[2]}.` });
  });
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  service.close();
  rmSync(home, { recursive: true });
});
const url = (path = '') => `http://127.0.0.1:${(service.address() as AddressInfo).port}${path}`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function quadrille(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const everybody = Object.fromEntries(
    ['STOREFRONT', 'ORDER', 'PAYMENT', 'INVENTORY', 'SHIPPING', 'NOTIFICATION'].map((name) => [
      `${name}_URL`,
      CLOSED_PORT,
    ]),
  );
  const child = spawn(process.execPath, [QUADRILLE, ...args], {
    env: { ...process.env, QUADRILLE_DATA_DIR: join(home, 'nowhere'), ...everybody, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  const [code] = await once(child, 'close');
  return { code, ...output };
}
const deciding = (decision: string, ...rest: string[]) =>
  quadrille(['dead-letters', decision, ...rest, '--service', 'payment', '--reason', 'x'], { PAYMENT_URL: url() });

describe('the arguments of an operator', () => {
  it.each([
    [['complete', 'foo'], /Allowed choices are zsh, bash, fish, powershell/],
    [['complete'], /missing required argument 'shell'/],
    [['dance'], /unknown command 'dance'/],
    [['stuck', '--older-than', '0x10'], /Expected seconds from 0 to/],
    [['stuck', '--older-than', '-1'], /Expected seconds from 0 to/],
    [['audit', '--within', '86401'], /Expected seconds from 0 to 86400/],
    [['audit', '--every-seconds', '0'], /Expected seconds from 0\.1 to/],
    [['audit', '--metrics-port', '1e3'], /Expected a port from 0 to 65535/],
    [['audit', '--overdue-after', ''], /Expected seconds/],
    [['load', '--rate', '0'], /Expected a whole number from 1 to/],
    [['load', '--kind', 'free of charge'], /The kinds are/],
    [['timeline', '\u{1F600}'], /is no order id/],
    [['doctor', 'a\nb'], /^"a\\nb" is no order id/],
    [['dead-letters', 'show', 'x', '--service', 'payment'], /^"x" is no id of a dead letter/],
    [['dead-letters', 'show', '9223372036854775808', '--service', 'payment'], /is no id of a dead letter/],
    [['dead-letters', 'list', '--service', 'kitchen'], /Allowed choices are/],
  ])(
    'are rejected in one sentence with exit code 2: %j',
    async (args, expected) => {
      const { code, stdout, stderr } = await quadrille(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(expected);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
    SLOW_MS,
  );

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['texts instead of addresses', '{"urls":"x"}'],
    ['numbers instead of addresses', '{"databases":{"order":1}}'],
  ])('are rejected if the file with the addresses of the system has %s', async (_, text) => {
    const file = join(home, 'odd.json');
    writeFileSync(file, text);
    const { code, stdout, stderr } = await quadrille(['stuck', '--running', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/odd\.json cannot be read \(.+\): name the file that npm start wrote, or none\.\n$/);
  });

  it('may name a file that begins with a byte order mark', async () => {
    const file = join(home, 'marked.json');
    writeFileSync(file, `\uFEFF${JSON.stringify({ urls: { storefront: CLOSED_PORT } })}\r\n`);
    const { stderr } = await quadrille(['stuck', '--running', file]);
    expect(stderr).toMatch(/^No answer from storefront/);
  });

  it('may name an address of another system, which is reported', async () => {
    expect(await quadrille(['stuck'], { STOREFRONT_URL: url('/foreign') })).toEqual({
      code: 2,
      stdout: '',
      stderr: `The server at ${url('/foreign')} is not storefront: set its address with STOREFRONT_URL.\n`,
    });
  });
});

describe('dead letters at the terminal', () => {
  it('are not reported as empty if no service answers', async () => {
    expect(await quadrille(['dead-letters', 'list'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'No answer from order, payment, inventory, shipping, notification: their dead letters are not listed.\n',
    });
  });

  it.each(['redrive', 'discard'])('are processed one by one, and a refusal is reported: %s', async (decision) => {
    isThere = true;
    const asJson = await deciding(decision, '999999', '1', '--json');
    const why = 'payment refused (404): There is no dead letter 999999.';
    expect([asJson.code, asJson.stderr]).toEqual([2, `${why}\n`]);
    expect(JSON.parse(asJson.stdout)).toEqual({
      service: 'payment',
      decided: [{ id: '1' }],
      refused: [{ id: '999999', why }],
      notAttempted: [],
    });
    isThere = true;
    const asText = await deciding(decision, '1', '1', '999999');
    expect([asText.code, asText.stderr]).toEqual([2, `${why}\n`]);
    expect(asText.stdout).toMatch(/^\S+ payment 1: .*\n$/);
    expect(await deciding(decision, '1')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'payment refused (404): There is no dead letter 1.\n',
    });
  });

  it('are not attempted further without an answer', async () => {
    const args = ['dead-letters', 'redrive', '1', '2', '3', '--service', 'payment', '--reason', 'x'];
    const { code, stdout, stderr } = await quadrille(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^No answer from payment at .*\nNot attempted: 2, 3\.\n$/);
  });

  it('are unchanged if one id is invalid', async () => {
    isThere = true;
    expect(await deciding('discard', '1', 'one')).toMatchObject({ code: 2, stdout: '' });
    expect(isThere).toBe(true);
  });
});
