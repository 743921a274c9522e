import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ADVISORY = {
  id: 1,
  url: 'https://github.com/advisories/GHSA-test',
  title: 'Reads past its end',
  severity: 'critical',
  vulnerable_versions: '<99.0.0',
};
/** By path; other paths answer 405, as a registry with packages but without advisories does. */
let answers: Record<string, object> = {};
let registry: Server;
let url: string;

beforeAll(async () => {
  registry = createServer((request, response) => {
    const answer = answers[request.url!];
    request.resume().on('end', () => {
      response.writeHead(answer ? 200 : 405, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
});
afterAll(() => void registry.close());

/** Runs `npm run audit` with those answers. */
const audit = (...args: string[]) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    const program = fileURLToPath(new URL('./audit.mjs', import.meta.url));
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, npm_config_registry: url } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ code, output }));
  });

const BULK = '/-/npm/v1/security/advisories/bulk';

describe('npm run audit', () => {
  it('fails for a critical vulnerability of a production dependency', async () => {
    answers = {
      [BULK]: { kafkajs: [ADVISORY] },
      '/kafkajs': { name: 'kafkajs', versions: { '2.2.4': { name: 'kafkajs', version: '2.2.4' } } },
    };
    expect(await audit()).toEqual({
      code: 1,
      output: `kafkajs: ${ADVISORY.title} (critical, GHSA-test, ${ADVISORY.url}). Update it.\n`,
    });
  });

  it('passes without known vulnerabilities', async () => {
    answers = { [BULK]: {} };
    expect(await audit()).toMatchObject({ code: 0, output: expect.stringMatching('No vulnerability is known') });
  });

  it('reports a skipped check if the registry cannot be queried, and fails then with --required', async () => {
    answers = {};
    const output = expect.stringMatching(/^NOT CHECKED .* cannot be queried \(405 Method Not Allowed\)/);
    expect(await audit()).toEqual({ code: 75, output });
    expect(await audit('--required')).toEqual({ code: 1, output });
  });
});
