import type { Tx } from '@quadrille/choreography';
import { accept } from '@quadrille/inbox';
import { allOf } from './all-of.js';
import { lockDeadlines } from './deadlines.js';
import { answeredBefore, onceName } from './idempotency.js';
import {
  ANSWERED_BEFORE,
  type CommandInput,
  DUPLICATE,
  type EventInput,
  type Input,
  type Once,
  type Outcome,
  type Unreadable,
} from './input.js';

/**
 * May it run? `run`: yes. `behind`: it is new, but an earlier message of its key is parked and it must queue.
 * An outcome: it is answered already, by what came of it before.
 */
export type Admission = 'run' | 'behind' | Outcome;

const NOTHING: Outcome = { nothing: true };

/** Tells what is new from its repetition, each kind of input by its own mark, in at most three statements. */
export async function admit(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
  idempotencySeconds: number,
): Promise<Admission[]> {
  const [verdicts, dueKeys, answered] = await allOf([
    acceptMessages(tx, inputs),
    lockDue(tx, inputs),
    findAnswers(tx, inputs, idempotencySeconds),
  ]);
  return inputs.map((input) => {
    if (input.from === 'clock') return dueKeys.has(input.key) ? 'run' : NOTHING;
    if (input.from === 'command') return input.once ? (answered.get(onceName(input.once)) ?? 'run') : 'run';
    return verdicts.get(input) ?? 'run';
  });
}

type Message = EventInput | Unreadable;

const isMessage = (input: Input | Unreadable): input is Message =>
  input.from === 'unreadable' || (input.from === 'event' && !input.parked);

async function acceptMessages(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
): Promise<Map<Input | Unreadable, Admission>> {
  const messages = inputs.filter(isMessage);
  if (messages.length === 0) return new Map();
  const verdicts = await accept(
    tx,
    messages.map((message) => ({
      step: message.from === 'unreadable' ? message.step : message.step.name,
      messageId: message.messageId,
      key: message.key,
    })),
  );
  const admissions = { fresh: 'run', waiting: 'behind', duplicate: DUPLICATE } as const;
  return new Map(messages.map((message, at) => [message, admissions[verdicts[at]!]]));
}

async function lockDue(tx: Tx, inputs: readonly (Input | Unreadable)[]): Promise<Set<string>> {
  const clocks = inputs.filter((input) => input.from === 'clock');
  const step = clocks[0]?.step.name;
  if (step === undefined) return new Set();
  const keys = clocks.map((clock) => clock.key).sort();
  return lockDeadlines(tx, step, keys);
}

async function findAnswers(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
  seconds: number,
): Promise<Map<string, Outcome>> {
  const asked = inputs.filter(
    (input): input is CommandInput & { once: Once } => input.from === 'command' && input.once !== undefined,
  );
  if (asked.length === 0) return new Map();
  const before = await answeredBefore(
    tx,
    asked.map(({ once }) => once),
    seconds,
  );
  const answers = new Map<string, Outcome>();
  for (const { once } of asked) {
    const kept = before.get(onceName(once));
    if (!kept) continue;
    ANSWERED_BEFORE.add(kept.outcome);
    answers.set(onceName(once), kept.requestHash === once.requestHash ? kept.outcome : REUSED);
  }
  return answers;
}

const REUSED: Outcome = {
  refused: {
    refused: 'idempotency-key-reused',
    detail: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
    status: 422,
  },
};
