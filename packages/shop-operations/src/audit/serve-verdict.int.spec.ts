import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditReport } from '@quadrille/audit';
import fc from 'fast-check';
import { AuditMetrics } from './audit-metrics.js';
import { type AuditState, portOf, serveVerdict } from './serve-verdict.js';

const JUDGED = { verdict: 'holds', promises: [], at: '2026-01-01T00:00:00.000Z', tookMs: 1 } as unknown as AuditReport;
const SINCE = '2026-01-01T00:01:00.000Z';
const ANSWERED_WITHIN_MS = 5_000;

let state: AuditState = { judged: null, error: null, since: null };
let server: Awaited<ReturnType<typeof serveVerdict>>;
beforeEach(async () => {
  server = await serveVerdict(0, { host: '127.0.0.1', hosts: ['auditor'] }, new AuditMetrics(), () => state);
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const verdict = async () => {
  const response = await fetch(`http://127.0.0.1:${portOf(server)}/verdict`);
  return { status: response.status, body: await response.json() };
};

/** Returns the status line of the answer to these bytes; empty if the connection is closed without an answer. */
function statusOf(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(server), '127.0.0.1', () => socket.end(bytes));
    const deadline = setTimeout(() => reject(new Error('no answer, and still open')), ANSWERED_WITHIN_MS);
    let output = '';
    socket.on('data', (chunk) => {
      output += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(deadline);
      resolve(output.split('\r\n', 1)[0]!);
    });
  });
}
const get = (target: string) => statusOf(`GET ${target} HTTP/1.1\r\nhost: auditor:9464\r\nconnection: close\r\n\r\n`);

describe('the port of the audit', () => {
  it('serves the last verdict while audits succeed', async () => {
    state = { judged: JUDGED, error: null, since: null };
    expect(await verdict()).toEqual({ status: 200, body: { ...JUDGED, error: null } });
  });

  it('serves an unknown verdict after a failed audit, with its time, its cause and the last verdict', async () => {
    state = { judged: JUDGED, error: 'connect ECONNREFUSED', since: SINCE };
    expect(await verdict()).toEqual({
      status: 503,
      body: { verdict: 'unknown', error: 'connect ECONNREFUSED', since: SINCE, last: JUDGED },
    });
    state = { judged: null, error: null, since: null };
    expect(await verdict()).toEqual({
      status: 503,
      body: { verdict: 'unknown', error: null, since: null, last: null },
    });
  });

  it.each([['//'], ['//x:y'], ['/%'], ['/..//verdict'], ['http://[/verdict'], ['*']])(
    'answers 404 at %s, and continues',
    async (target) => {
      expect(await get(target)).toBe('HTTP/1.1 404 Not Found');
      expect(await get('/health/live')).toBe('HTTP/1.1 200 OK');
    },
  );

  it('rejects a host name that is not allowed', async () => {
    const line = (host: string) => statusOf(`GET /verdict HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    state = { judged: JUDGED, error: null, since: null };
    expect(await line('evil.test:9464')).toBe('HTTP/1.1 421 Misdirected Request');
    for (const host of ['127.0.0.1:9464', 'localhost', 'auditor:9464'])
      expect(await line(host)).toBe('HTTP/1.1 200 OK');
  });

  it('continues after any input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.webPath(), fc.string(), fc.string({ unit: 'binary' })), async (target) => {
        expect(await get(target)).toMatch(/^(HTTP\/1.1 (200|400|404|431) .*)?$/);
      }),
      { numRuns: 100 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await statusOf(bytes);
      }),
      { numRuns: 50 },
    );
    expect(await get('/metrics')).toBe('HTTP/1.1 200 OK');
  });
});
