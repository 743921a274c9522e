import type { Failure, Input, Unreadable } from '../input.js';

/** The answer of a gateway for an input, or its failure. */
type Answer = { readonly answer: unknown } | { readonly failed: Failure };

/** Keyed by input; only inputs whose steps call a gateway. */
export type Answers = ReadonlyMap<Input | Unreadable, Answer>;

/**
 * Calls the gateways for all inputs at once; the gateways limit their own concurrency. A call pending after `patienceMs` counts
 * as unavailable, so that one slow answer does not delay the batch: its key is parked and retried. Without `patienceMs`, only the
 * timeouts of the gateways apply.
 */
export async function callGateways(
  inputs: readonly (Input | Unreadable)[],
  gateways: unknown,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<Answers> {
  const answers = new Map<Input | Unreadable, Answer>();
  const calls = new Map<Input, Promise<void>>();
  let isOver = false;
  for (const input of inputs) {
    const answering = input.from === 'unreadable' ? undefined : callGateway(input, gateways);
    if (!answering) continue;
    const stored = answering.then((answer) => {
      if (!isOver) answers.set(input, answer);
    });
    calls.set(input as Input, stored);
  }
  if (calls.size === 0) return answers;
  await withCallTimeout(Promise.all(calls.values()), timeoutMs);
  isOver = true;
  for (const input of calls.keys()) {
    if (!answers.has(input)) answers.set(input, unavailable(`no answer within ${timeoutMs} ms`));
  }
  return answers;
}

/** Returns undefined if the step calls no gateway. Never rejects. */
function callGateway({ step, payload }: Input, gateways: unknown): Promise<Answer> | undefined {
  try {
    return step.call?.(payload, gateways)?.then((answer) => ({ answer }), unanswered);
  } catch (error) {
    return Promise.resolve(unanswered(error));
  }
}

const unanswered = (error: unknown): Answer => unavailable(error instanceof Error ? error.message : String(error));

const unavailable = (cause: string): Answer => ({ failed: { code: 'gateway-unavailable', cause } });

async function withCallTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  if (!Number.isFinite(ms)) return void (await work);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
