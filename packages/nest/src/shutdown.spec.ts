import { describe, expect, it } from '@jest/globals';
import { Shutdown } from './shutdown.js';

function logged() {
  const lines: { level: string; part: string; msg: string }[] = [];
  const write = (level: string) => (fields: object, msg: string) => void lines.push({ level, ...fields, msg } as never);
  return { lines, log: { info: write('info'), warn: write('warn') } as never };
}

describe('a service that stops', () => {
  it('stops its parts in the fixed order, regardless of the order in which they were opened', async () => {
    const { log, lines } = logged();
    const ended: string[] = [];
    const shutdown = new Shutdown(1_000, log);
    for (const part of ['the database', 'running steps', 'taking requests', 'consuming'] as const) {
      shutdown.set(part, async () => void ended.push(part));
    }
    await expect(shutdown.end()).resolves.toBe(true);
    expect(ended).toEqual(['taking requests', 'consuming', 'running steps', 'the database']);
    expect(lines.map(({ part, msg }) => `${part}: ${msg}`)).toEqual(ended.map((part) => `${part}: stopped`));
  });

  it('stops the next part only when the previous one has stopped', async () => {
    const shutdown = new Shutdown(1_000, logged().log);
    const began: string[] = [];
    let finishRequest = () => {};
    shutdown.set('taking requests', () => {
      began.push('taking requests');
      return new Promise<void>((resolve) => {
        finishRequest = resolve;
      });
    });
    shutdown.set('consuming', async () => void began.push('consuming'));
    const ended = shutdown.end();
    await new Promise(setImmediate);
    expect(began).toEqual(['taking requests']);
    finishRequest();
    await ended;
    expect(began).toEqual(['taking requests', 'consuming']);
  });

  it('abandons a part that exceeds its timeout, and stops the others', async () => {
    const { log, lines } = logged();
    const shutdown = new Shutdown(20, log);
    const ended: string[] = [];
    shutdown.set(
      'taking requests',
      () => new Promise(() => {}),
      () => void ended.push('connections'),
    );
    shutdown.set('the database', async () => void ended.push('the database'));
    await expect(shutdown.end()).resolves.toBe(false);
    expect(ended).toEqual(['connections', 'the database']);
    expect(lines[0]).toMatchObject({ level: 'warn', part: 'taking requests' });
  });

  it('stops the others when one part fails to stop', async () => {
    const shutdown = new Shutdown(1_000, logged().log);
    let closed = false;
    shutdown.set('consuming', async () => {
      throw new Error('no broker');
    });
    shutdown.set('the database', async () => {
      closed = true;
    });
    await expect(shutdown.end()).resolves.toBe(false);
    expect(closed).toBe(true);
  });

  it('stops once, for any number of calls', async () => {
    const shutdown = new Shutdown(1_000, logged().log);
    let times = 0;
    shutdown.set('the database', async () => void times++);
    await Promise.all([shutdown.end(), shutdown.end()]);
    expect(times).toBe(1);
  });
});
