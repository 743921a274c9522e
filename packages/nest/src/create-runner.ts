import type { Relay } from '@quadrille/outbox';
import { Runner, type RunnerLimits, type RunnerOptions } from '@quadrille/runtime';
import type { ServiceContext } from './service-context.js';

const DEADLINE_POLL_MS = 500;
const REDRIVE_POLL_MS = 500;
const REDRIVE_MAX_KEYS = 100;

/** Creates the runner of a service, with the limits of its environment. */
export function createRunner(
  context: ServiceContext,
  {
    relay,
    sealCommand,
    ...parts
  }: Pick<RunnerOptions, 'pool' | 'gateways' | 'telemetry'> & {
    readonly relay: Relay | undefined;
    readonly sealCommand: RunnerOptions['sealCommand'] | undefined;
  },
): Runner {
  const { definition, env, log, shutdown } = context;
  const limits: RunnerLimits = {
    batchMaxInputs: env.BATCH_MAX_INPUTS,
    batchMaxBytes: env.BATCH_MAX_BYTES,
    gate: {
      maxCommands: env.ADMISSION_MAX_COMMANDS,
      maxBytes: env.ADMISSION_MAX_BYTES,
      maxAgeMs: env.ADMISSION_MAX_AGE_MS,
      freeSagas: env.ADMISSION_FREE_SAGAS,
    },
    idempotencySeconds: env.IDEMPOTENCY_KEY_HOURS * 3_600,
    deadlineSeconds: definition.deadlineSeconds?.(env) ?? 0,
    deadlinePollMs: DEADLINE_POLL_MS,
    redrivePollMs: REDRIVE_POLL_MS,
    redriveMaxKeys: REDRIVE_MAX_KEYS,
    callTimeoutMs: env.CALL_TIMEOUT_MS,
  };
  const runner = new Runner({
    ...{ definition, environment: env, log, limits, ...parts },
    ...(sealCommand && { sealCommand }),
    wakeRelay: () => relay?.wake(),
    cacheRecords: (rows) => relay?.cache(rows),
  });
  shutdown.set('running steps', () => runner.stop());
  return runner;
}
