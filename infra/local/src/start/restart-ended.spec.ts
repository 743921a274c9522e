import { describe, expect, it } from '@jest/globals';
import type { ProcessExit, RunningProcess } from '../process.js';
import { restartEnded } from './restart-ended.js';

/** A service whose exits the spec controls. */
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

/** The printed lines, and a promise of the line that contains a word. */
function recorder() {
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  const report = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const countOf = (word: string) =>
    new Promise<void>((resolve) => {
      const look = () => lines.some((line) => line.includes(word)) && resolve();
      waiting.push(look);
      look();
    });
  return { lines, report, countOf };
}

describe('a service of npm start', () => {
  it('is restarted after an unexpected exit', async () => {
    let restarts = 0;
    const { process, end } = service(async () => void restarts++);
    const { lines, report, countOf } = recorder();
    restartEnded([process], report, 1);
    end({ signal: 'SIGKILL' });
    await countOf('restarted');
    expect(restarts).toBe(1);
    expect(lines).toEqual(['payment ended by SIGKILL; restart in 0.001 s', 'payment restarted as process 1']);
  });

  it('is restarted immediately after a graceful exit', async () => {
    const { process, end } = service();
    const { lines, report, countOf } = recorder();
    restartEnded([process], report, 3_600_000);
    end({ code: 0 });
    await countOf('restarted');
    expect(lines[0]).toBe('payment ended with exit code 0; restart now');
  });

  it('is not restarted after a stop', async () => {
    const { process, end } = service();
    const { lines, report } = recorder();
    const stop = restartEnded([process], report, 1);
    end({ expected: true, code: 0 });
    await stop();
    expect(lines).toEqual([]);
  });

  it('is not restarted while the system stops', async () => {
    let restarts = 0;
    const { process, end } = service(async () => void restarts++);
    const stop = restartEnded([process], recorder().report, 3_600_000);
    end({ code: 1 });
    await stop();
    end({ code: 1 });
    expect(restarts).toBe(0);
  });

  it('reports why a restart failed', async () => {
    const { process, end } = service(async () => {
      throw new Error('Port 3002 is in use.');
    });
    const { lines, report, countOf } = recorder();
    restartEnded([process], report, 1);
    end({ code: 1 });
    await countOf('failed');
    expect(lines.at(-1)).toBe('payment restart failed: Port 3002 is in use.');
  });
});
