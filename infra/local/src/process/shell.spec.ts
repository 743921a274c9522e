import { afterEach, describe, expect, it } from '@jest/globals';
import { leaveShell, plainShell } from './shell.js';

const SHELL = {
  HOST: 'x86_64-conda-linux-gnu',
  PORT: '8080',
  NODE_OPTIONS: '--inspect',
  DATABASE_URL: 'postgres://mine@elsewhere/mine',
  KAFKA_BROKERS: 'elsewhere:9092',
  KAFKA_OPTS: '-Dx=y',
  PGHOST: 'elsewhere',
  PGSSLMODE: 'require',
};
const OURS = { ORDER_PORT: '4001', LOG_LEVEL: 'debug', ORDER_DEADLINE_SECONDS: '5', PATH: '/bin', PAGER: 'less' };

describe('a user’s shell', () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(SHELL)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('passes services no variable that is meant for other programs', () => {
    expect(plainShell({ ...SHELL, ...OURS })).toEqual(OURS);
  });

  it('preserves KAFKA_BROKERS in this process, and no other variable for other programs', () => {
    Object.assign(process.env, SHELL);
    leaveShell();
    expect(Object.keys(SHELL).filter((name) => name in process.env)).toEqual(['KAFKA_BROKERS']);
    expect(process.env.PATH).toBe(before.PATH);
  });
});
