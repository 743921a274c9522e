import { describe, expect, it } from '@jest/globals';
import type { ProcessExit, RunningProcess } from '../process.js';
import { restartEnded } from './restart-ended.js';

/** A service whose end the spec decides on. */
function service(restart: () => Promise<void> = async () => {}) {
  const listeners: ((exit: ProcessExit) => void)[] = [];
  const process = {
    ...{ name: 'payment', pid: 1, running: true, stop: async () => {}, kill: async () => {}, restart },
    onExit: (listener: (exit: ProcessExit) => void) => listeners.push(listener),
  } as unknown as RunningProcess;
  const end = (exit: Partial<ProcessExit>) => {
    for (const listener of listeners) listener({ code: null, signal: null, expected: false, ...exit } as ProcessExit);
  };
  return { process, end };
}

/** What is said, and a promise of the line that contains the word. */
function ears() {
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  const say = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const heard = (word: string) =>
    new Promise<void>((resolve) => {
      const look = () => lines.some((line) => line.includes(word)) && resolve();
      waiting.push(look);
      look();
    });
  return { lines, say, heard };
}

describe('a service of npm start', () => {
  it('is started again when it ended unasked', async () => {
    let restarts = 0;
    const { process, end } = service(async () => void restarts++);
    const { lines, say, heard } = ears();
    restartEnded([process], say, 1);
    end({ signal: 'SIGKILL' });
    await heard('is back');
    expect(restarts).toBe(1);
    expect(lines).toEqual([
      'payment ended by SIGKILL; it is started again in 0.001 s',
      'payment is back, as process 1',
    ]);
  });

  it('is started again at once when it was asked to end and ended in order', async () => {
    const { process, end } = service();
    const { lines, say, heard } = ears();
    restartEnded([process], say, 3_600_000);
    end({ code: 0 });
    await heard('is back');
    expect(lines[0]).toBe('payment ended with exit code 0; it is started again at once');
  });

  it('is left alone when it was stopped', async () => {
    const { process, end } = service();
    const { lines, say } = ears();
    const stop = restartEnded([process], say, 1);
    end({ expected: true, code: 0 });
    await stop();
    expect(lines).toEqual([]);
  });

  it('is not started again once the system stops', async () => {
    let restarts = 0;
    const { process, end } = service(async () => void restarts++);
    const stop = restartEnded([process], ears().say, 3_600_000);
    end({ code: 1 });
    await stop();
    end({ code: 1 });
    expect(restarts).toBe(0);
  });

  it('says why when it cannot be started again', async () => {
    const { process, end } = service(async () => {
      throw new Error('Port 3002 is in use.');
    });
    const { lines, say, heard } = ears();
    restartEnded([process], say, 1);
    end({ code: 1 });
    await heard('cannot');
    expect(lines.at(-1)).toBe('payment cannot be started again: Port 3002 is in use.');
  });
});
