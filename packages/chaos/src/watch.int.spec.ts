import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Watch } from './watch.js';

let server: Server;
let says = 'unknown';
beforeAll(async () => {
  server = createServer((_, response) => response.end(JSON.stringify({ verdict: says })));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => void server.close());
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const promise = (holds: boolean) => ({ promise: 'stock', holds, checked: {}, violations: [] });
const line = (...violations: string[]) => JSON.stringify({ promises: [{ violations }] });

describe('the results of the auditor in a chaos run', () => {
  it('count audits and failures, and collect the violations of all audits', async () => {
    const watch = new Watch();
    for (const each of [line(), line('a ghost'), line('a ghost'), '{"promises":[']) watch.readLine(each, 'stdout');
    watch.readLine('/metrics and /verdict at http://127.0.0.1:1', 'stderr');
    watch.readLine('The audit cannot read the system (timeout); it tries again.', 'stderr');
    says = 'broken';
    expect(await watch.end(url(), [promise(false)])).toEqual({ looks: 3, failures: 1, violations: ['a ghost'] });
  });

  it('report an auditor whose final verdict differs from a new audit', async () => {
    for (const [verdict, holds, expected] of [
      ['unknown', true, 'holds'],
      ['holds', false, 'broken'],
    ] as const) {
      says = verdict;
      expect((await new Watch().end(url(), [promise(holds)], 0)).violations).toEqual([
        `the running auditor reports "${verdict}" at the end, a new audit "${expected}"`,
      ]);
    }
  });
});
