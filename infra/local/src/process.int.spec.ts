import { afterEach, describe, expect, it } from '@jest/globals';
import { commandLine } from '../ancestors.mjs';
import { freePort } from './free-port.js';
import { until } from './process/until.js';
import { type ProcessExit, type ProcessOptions, type RunningProcess, startProcess } from './process.js';

/** Answers 503 to the first two requests, like a service that waits for its database. */
const SERVICE = `
  let requests = 0;
  require('node:http').createServer((_, response) => {
    requests += 1;
    response.writeHead(requests > 2 ? 200 : 503).end();
  }).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening as ' + process.env.ROLE));
`;

describe('a supervised process', () => {
  const started: RunningProcess[] = [];
  const start = async (script: string, options: Partial<ProcessOptions> = {}) => {
    const running = await startProcess({ name: 'order', command: process.execPath, args: ['-e', script], ...options });
    started.push(running);
    return running;
  };
  const service = async (options: Partial<ProcessOptions> = {}) => {
    const port = await freePort();
    const readyWhen = `http://127.0.0.1:${port}/health/ready`;
    return start(SERVICE, { readyWhen, ...options, env: { PORT: String(port), ...options.env } });
  };
  afterEach(async () => {
    for (const running of started.splice(0)) await running.stop(0);
  });

  it('is ready once its health check succeeds, and not before', async () => {
    const lines: string[] = [];
    const { running } = await service({ env: { ROLE: 'leader' }, onLine: (line) => lines.push(line) });
    expect(running).toBe(true);
    expect(lines).toEqual(['listening as leader']);
  });

  it('reports its last output if it exits before it is ready', async () => {
    const broken = `console.error('no database'); process.exitCode = 3`;
    await expect(service({ args: ['-e', broken] })).rejects.toThrow(
      'order ended with exit code 3 before it was ready. Output:\nno database',
    );
  });

  it('is stopped if it is not ready in time', async () => {
    const waiting = service({
      args: ['-e', `console.log(process.pid); setInterval(() => {}, 1000)`],
      readyWithinMs: 500,
    });
    const error: Error = await waiting.then(
      () => new Error('started'),
      (failure) => failure,
    );
    expect(error.message).toMatch(/^order is still not ready after 0.5 s. Output:\n\d+$/);
    expect(commandLine(Number(error.message.match(/\d+$/)?.[0]))).toBeUndefined();
  });

  it('reports an unknown command', async () => {
    await expect(start('', { command: 'no-such-command' })).rejects.toThrow('ENOENT');
  });

  it('stops gracefully', async () => {
    const ends: ProcessExit[] = [];
    const running = await service();
    running.onExit((exit) => ends.push(exit));
    await running.stop();
    await running.stop();
    expect(running.running).toBe(false);
    expect(ends).toEqual([{ code: null, signal: 'SIGTERM', expected: true }]);
  });

  it('is killed if it does not stop within the grace period', async () => {
    let deaf = false;
    const running = await start(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')`, {
      onLine: () => {
        deaf = true;
      },
    });
    await until('No output', 5_000, () => deaf);
    await running.stop(50);
    expect(commandLine(running.pid)).toBeUndefined();
  });

  it('stops its children too', async () => {
    let grandchild = 0;
    const script = `const child = require('node:child_process').spawn('sleep', ['600']); console.log(child.pid); setInterval(() => {}, 1000)`;
    const running = await start(script, {
      onLine: (line) => {
        grandchild = Number(line);
      },
    });
    await until('No output', 5_000, () => grandchild > 0);
    await running.kill('SIGKILL');
    await until('Its child still runs', 5_000, () => commandLine(grandchild) === undefined);
  });

  it('reports an unexpected exit', async () => {
    const ends: ProcessExit[] = [];
    const running = await service();
    const unsubscribe = running.onExit((exit) => ends.push(exit));
    process.kill(running.pid, 'SIGKILL');
    await until('It lives', 5_000, () => ends.length > 0);
    expect(ends).toEqual([{ code: null, signal: 'SIGKILL', expected: false }]);
    unsubscribe();
  });

  it('is ready again after a restart, running or not', async () => {
    const ends: boolean[] = [];
    const running = await service();
    running.onExit(({ expected }) => ends.push(expected));
    const pids = [running.pid];
    await running.restart();
    pids.push(running.pid);
    await running.kill('SIGKILL');
    await running.restart();
    pids.push(running.pid);
    expect(new Set(pids).size).toBe(3);
    expect(running.running).toBe(true);
    expect(ends).toEqual([true, true]);
  });
});
