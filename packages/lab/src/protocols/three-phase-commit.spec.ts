import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '../calls.js';
import type { Decision, ParticipantContext, Participants } from '../protocol.js';
import { NoAnswer } from '../protocol.js';
import { threePhaseCommit } from './three-phase-commit.js';

const LONG_AGO_MS = 60_000;
const SILENT = 'no answer';

/** The decision of a participant in doubt, if the participants answer with these states. */
async function decisionOn(states: readonly string[]): Promise<Decision | undefined> {
  let decision: Decision | undefined;
  const context = {
    service: 'order',
    clock: { now: () => LONG_AGO_MS, sleep: async () => {} },
    inDoubt: async () => [{ name: 'tx', since: 0 }],
    finish: async (_: string, how: Decision) => {
      decision = how;
    },
  } as unknown as ParticipantContext;
  const peers = Object.fromEntries(
    SERVICES.map((service, at) => [
      service,
      {
        stateOf: async () => {
          if (states[at] === SILENT) throw new NoAnswer(service);
          return states[at];
        },
      },
    ]),
  ) as unknown as Participants<any>;
  await threePhaseCommit('abort').sweep!(context, peers);
  return decision;
}

/**
 * With crashes of the coordinator only, an exploration does not distinguish this rule from one that commits if all participants are
 * pre-committed: a coordinator that has all acknowledgements is then the only one that commits.
 */
describe('the termination protocol of three-phase commit', () => {
  it.each([
    ['aborts if all are only prepared', ['prepared', 'prepared', 'prepared', 'prepared'], 'abort'],
    ['commits if one is pre-committed', ['prepared', 'prepared', 'pre-committed', 'prepared'], 'commit'],
    ['commits if all are pre-committed', Array(4).fill('pre-committed'), 'commit'],
    ['commits if one has committed', ['prepared', 'committed', 'pre-committed', 'prepared'], 'commit'],
    ['aborts if one has aborted', ['pre-committed', 'unknown', 'prepared', 'prepared'], 'abort'],
    ['counts reachable participants only', ['prepared', 'prepared', SILENT, SILENT], 'abort'],
    ['counts reachable participants only', ['pre-committed', 'prepared', SILENT, SILENT], 'commit'],
  ] as const)('%s: %j', async (_, states, decision) => {
    expect(await decisionOn(states)).toBe(decision);
  });
});
