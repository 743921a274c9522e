import type { Failure, Input, Unreadable } from '../input.js';

/** What the outside world answered an input, or why it could not. */
type Answer = { readonly answer: unknown } | { readonly failed: Failure };

/** By the inputs whose steps had something to ask. */
export type Answers = ReadonlyMap<Input | Unreadable, Answer>;

/**
 * Asks the outside world for all inputs whose steps want it, at once; how many run together the ports bound themselves.
 * Who has no answer after `patienceMs` counts as unavailable, so that one slow answer does not hold up a whole batch: its key
 * is parked and asked again. Without a patience the ports' own timeouts are the bound.
 */
export async function callGateways(
  inputs: readonly (Input | Unreadable)[],
  gateways: unknown,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<Answers> {
  const answers = new Map<Input | Unreadable, Answer>();
  const asked = new Map<Input, Promise<void>>();
  let isOver = false;
  for (const input of inputs) {
    const answering = input.from === 'unreadable' ? undefined : callGateway(input, gateways);
    if (!answering) continue;
    const kept = answering.then((answer) => {
      if (!isOver) answers.set(input, answer);
    });
    asked.set(input as Input, kept);
  }
  if (asked.size === 0) return answers;
  await withCallTimeout(Promise.all(asked.values()), patienceMs);
  isOver = true;
  for (const input of asked.keys()) {
    if (!answers.has(input)) answers.set(input, unavailable(`no answer within ${patienceMs} ms`));
  }
  return answers;
}

/** Undefined where there is nothing to ask. Never rejects. */
function callGateway({ step, payload }: Input, gateways: unknown): Promise<Answer> | undefined {
  try {
    return step.call?.(payload, gateways)?.then((answer) => ({ answer }), unanswered);
  } catch (error) {
    return Promise.resolve(unanswered(error));
  }
}

const unanswered = (error: unknown): Answer => unavailable(error instanceof Error ? error.message : String(error));

const unavailable = (cause: string): Answer => ({ failed: { code: 'outside-unavailable', cause } });

async function withCallTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  if (!Number.isFinite(ms)) return void (await work);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
