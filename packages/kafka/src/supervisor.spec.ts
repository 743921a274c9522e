import { describe, expect, it } from '@jest/globals';
import type { ConsumerSessionOptions } from './consumer.js';
import type { ConsumerSession } from './consumer-session.js';
import { DEFAULT_LIMITS } from './limits.js';
import { silent } from './log.js';
import { Supervisor } from './supervisor.js';

type Hooks = Pick<ConsumerSessionOptions, 'onActivity' | 'onJoin' | 'onCrash'>;
const FINAL = Object.assign(new Error('there is no such codec'), { retriable: false });
const PASSING = Object.assign(new Error('no broker'), { name: 'KafkaJSConnectionError' });

/** A supervisor with controllable members, and a log of their events. */
function supervised(start: (hooks: Hooks, count: number) => Promise<void>, log = silent) {
  const seen = { started: 0, left: 0, processed: 0, fatal: [] as Error[] };
  const makeMember = (hooks: Hooks) =>
    ({
      start: () => start(hooks, ++seen.started),
      leave: async () => void seen.left++,
    }) as unknown as ConsumerSession;
  const limits = { ...DEFAULT_LIMITS, maxRestarts: 3, firstRetryMs: 1, retryCapMs: 2 };
  const onFatal = (error: Error) => void seen.fatal.push(error);
  return { seen, supervisor: new Supervisor(makeMember, limits, log, onFatal, () => seen.processed) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

describe('a consumer that crashes', () => {
  it('is replaced, after it has left', async () => {
    const { seen, supervisor } = supervised(async ({ onJoin, onCrash }, count) => {
      if (count === 1) onCrash(FINAL);
      else onJoin();
    });
    await supervisor.start();
    await until(() => supervisor.state === 'running');
    expect(seen).toMatchObject({ started: 2, left: 1, fatal: [] });
  });

  it('is given up after repeated immediate crashes, and `onFatal` is called', async () => {
    const { seen, supervisor } = supervised(async ({ onCrash }) => onCrash(FINAL));
    await supervisor.start();
    await until(() => supervisor.state === 'crashed');
    expect(seen).toMatchObject({ started: 4, fatal: [FINAL] });
  });

  it('is replaced without a limit while only the broker is unavailable', async () => {
    const { seen, supervisor } = supervised(async ({ onJoin, onCrash }, count) => {
      if (count === 1) return onCrash(PASSING);
      if (count < 10) throw PASSING;
      onJoin();
    });
    await supervisor.start();
    await until(() => supervisor.state === 'running');
    expect(seen).toMatchObject({ started: 10, fatal: [] });
  });

  it('is logged once per cause and minute, also if the causes alternate', async () => {
    const REFUSED = Object.assign(new Error('the login was refused'), { name: 'KafkaJSConnectionError' });
    const lines: string[] = [];
    const log = { ...silent, warn: ({ error }: { error?: string }) => void lines.push(String(error)) };
    const { supervisor } = supervised(async ({ onJoin, onCrash }, count) => {
      if (count === 1) return onCrash(REFUSED);
      if (count < 10) throw count % 2 ? PASSING : REFUSED;
      onJoin();
    }, log);
    await supervisor.start();
    await until(() => supervisor.state === 'running');
    expect(lines).toEqual([REFUSED.message, REFUSED.message, PASSING.message]);
  });

  it('has all its restarts again once it has processed records', async () => {
    const { seen, supervisor } = supervised(async ({ onCrash }, count) => {
      if (count % 3 === 0) seen.processed++;
      if (count < 20) onCrash(FINAL);
    });
    await supervisor.start();
    await until(() => seen.started === 20);
    expect(seen.fatal).toEqual([]);
  });

  it('is replaced when it is silent', async () => {
    const { seen, supervisor } = supervised(async ({ onJoin }) => onJoin());
    await supervisor.start();
    supervisor.replaceSilent();
    expect(supervisor.state).toBe('starting');
    await until(() => supervisor.state === 'running');
    expect(seen).toMatchObject({ started: 2, left: 1 });
  });

  it('is not replaced after a stop', async () => {
    const { seen, supervisor } = supervised(async ({ onCrash }) => onCrash(FINAL));
    await supervisor.start();
    await supervisor.stop();
    expect(supervisor.state).toBe('stopped');
    expect(seen.started).toBe(1);
  });
});

describe('a consumer that cannot connect at first', () => {
  it('rejects its start, and leaves', async () => {
    const { seen, supervisor } = supervised(() => Promise.reject(PASSING));
    await expect(supervisor.start()).rejects.toBe(PASSING);
    expect(supervisor.state).toBe('stopped');
    expect(seen.left).toBe(1);
  });
});
