import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { type MadeRequest, type OpenApi, type Operation, operationsOf, requestsFor } from './generated-requests.js';
import { type Stack, startStack } from './stack.js';

/** Allowed for every request: client errors, and overload. */
const ALWAYS = ['400', '404', '413', '414', '415', '422', '503'];
/** Excluded operations: they inject faults or place orders. */
const LEFT_OUT = /^\/(control|faults|api|stage\/(faults|poison-messages|load))\b/;
const SERVICES = [
  'order',
  'payment',
  'inventory',
  'shipping',
  'notification',
  'payment-provider',
  'storefront',
] as const;
const ANSWER_WITHIN_MS = 20_000;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 300_000);
afterAll(() => stack?.stop(), 60_000);

async function send(url: string, { method, path, headers, body }: MadeRequest) {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answer = await fetch(`${url}${path}`, { method, headers, signal, ...(body !== undefined && { body }) });
  const type = answer.headers.get('content-type') ?? '';
  // An event stream does not end, so its start is the answer.
  const isStream = type.startsWith('text/event-stream');
  const text = isStream ? '' : await answer.text();
  if (isStream) await answer.body?.cancel();
  return { status: answer.status, type, text };
}

/** The error of an answer, in words; undefined if it is correct. */
function wrong({ object }: Operation, { status, type, text }: Awaited<ReturnType<typeof send>>): string | undefined {
  const documented = Object.keys(object.responses).filter((each) => each !== 'default');
  if (status >= 500 && status !== 503) return `${status}: ${text.slice(0, 300)}`;
  if (status >= 400 && !type.startsWith('application/problem+json'))
    return `${status} as ${type}: ${text.slice(0, 300)}`;
  if (documented.includes(String(status)) || (status >= 400 && ALWAYS.includes(String(status)))) return undefined;
  return `${status} is not among ${documented.join(', ')}: ${text.slice(0, 300)}`;
}

describe.each(SERVICES)('requests generated from the OpenAPI document of %s', (name) => {
  it('are answered as documented or with a problem, never with 500', async () => {
    const url = stack.system.urls[name];
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
    const operations = operationsOf(document).filter(({ path }) => !LEFT_OUT.test(path));
    expect(operations.length).toBeGreaterThan(0);
    const found: string[] = [];
    for (const operation of operations) {
      const check = fc.asyncProperty(requestsFor(operation, document), async (request) => {
        const problem = wrong(operation, await send(url, request));
        if (problem) throw new Error(problem);
      });
      const { failed, counterexample, errorInstance, seed } = await fc.check(check, { numRuns: fuzzRuns(25) });
      if (failed) {
        const example = JSON.stringify(counterexample?.[0]).slice(0, 600);
        found.push(
          `${operation.method} ${operation.path} (seed ${seed}): ${example} → ${(errorInstance as Error)?.message}`,
        );
      }
    }
    expect(found).toEqual([]);
  }, 180_000);
});
