import type { Tx } from '@quadrille/choreography';
import { accept } from '@quadrille/inbox';
import { settleAll } from '@quadrille/postgres';
import { lockDeadlines } from '../deadlines/deadline-rows.js';
import { answeredBefore, idempotencyKeyName } from '../idempotency.js';
import {
  type CommandInput,
  DUPLICATE,
  type EventInput,
  type IdempotencyKey,
  type Input,
  type Outcome,
  REPLAYED,
  type Unreadable,
} from '../input.js';

/**
 * Verdict on an input. `run`: new. `blocked`: new, but an earlier message of its key is parked, so it must queue. An outcome: it
 * was processed before, and this is the earlier result.
 */
export type DedupeResult = 'run' | 'blocked' | Outcome;

const NOTHING: Outcome = { nothing: true };

/** Detects duplicates, each kind of input by its own identity, in at most three statements. */
export async function deduplicate(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
  idempotencySeconds: number,
): Promise<DedupeResult[]> {
  const [results, dueKeys, answered] = await settleAll([
    acceptMessages(tx, inputs),
    lockDue(tx, inputs),
    findAnswers(tx, inputs, idempotencySeconds),
  ]);
  return inputs.map((input) => {
    if (input.from === 'deadline') return dueKeys.has(input.key) ? 'run' : NOTHING;
    if (input.from === 'command')
      return input.idempotencyKey ? (answered.get(idempotencyKeyName(input.idempotencyKey)) ?? 'run') : 'run';
    return results.get(input) ?? 'run';
  });
}

type Message = EventInput | Unreadable;

const isMessage = (input: Input | Unreadable): input is Message =>
  input.from === 'unreadable' || (input.from === 'event' && !input.parked);

async function acceptMessages(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
): Promise<Map<Input | Unreadable, DedupeResult>> {
  const messages = inputs.filter(isMessage);
  if (messages.length === 0) return new Map();
  const results = await accept(
    tx,
    messages.map((message) => ({
      step: message.from === 'unreadable' ? message.step : message.step.name,
      messageId: message.messageId,
      key: message.key,
    })),
  );
  const dedupeResults = { fresh: 'run', waiting: 'blocked', duplicate: DUPLICATE } as const;
  return new Map(messages.map((message, at) => [message, dedupeResults[results[at]!]]));
}

async function lockDue(tx: Tx, inputs: readonly (Input | Unreadable)[]): Promise<Set<string>> {
  const deadlines = inputs.filter((input) => input.from === 'deadline');
  const step = deadlines[0]?.step.name;
  if (step === undefined) return new Set();
  const keys = deadlines.map((deadline) => deadline.key).sort();
  return lockDeadlines(tx, step, keys);
}

async function findAnswers(
  tx: Tx,
  inputs: readonly (Input | Unreadable)[],
  seconds: number,
): Promise<Map<string, Outcome>> {
  const withKey = inputs.filter(
    (input): input is CommandInput & { idempotencyKey: IdempotencyKey } =>
      input.from === 'command' && input.idempotencyKey !== undefined,
  );
  if (withKey.length === 0) return new Map();
  const before = await answeredBefore(
    tx,
    withKey.map(({ idempotencyKey }) => idempotencyKey),
    seconds,
  );
  const answers = new Map<string, Outcome>();
  for (const { idempotencyKey } of withKey) {
    const stored = before.get(idempotencyKeyName(idempotencyKey));
    if (!stored) continue;
    REPLAYED.add(stored.outcome);
    answers.set(
      idempotencyKeyName(idempotencyKey),
      stored.requestHash === idempotencyKey.requestHash ? stored.outcome : REUSED,
    );
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
