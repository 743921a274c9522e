import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { freePort, isFree } from './free-port.js';

const PROCESSES = 5;
/** More than one block. With random ports, so many processes would almost always collide. */
const PORTS_EACH = 60;

describe('a free port', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-ports-'));
  const children: ChildProcess[] = [];
  const servers: Server[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is assigned to one process only, even before that process listens on it', async () => {
    const source = fileURLToPath(new URL('./free-port.ts', import.meta.url));
    const jsc = { target: 'es2022', parser: { syntax: 'typescript' } } as const;
    const { code } = transformFileSync(source, { swcrc: false, jsc, module: { type: 'es6' } });
    const script = `
      const ports = await Promise.all(Array.from({ length: ${PORTS_EACH} }, freePort));
      console.log(JSON.stringify(ports));
      process.stdin.resume();
    `;
    writeFileSync(join(folder, 'ask.mjs'), code + script);
    const given = await Promise.all(
      Array.from({ length: PROCESSES }, async () => {
        const child = spawn(process.execPath, [join(folder, 'ask.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
        children.push(child);
        const [line] = await once(createInterface({ input: child.stdout! }), 'line');
        return JSON.parse(line) as number[];
      }),
    );
    expect(new Set(given.flat()).size).toBe(PROCESSES * PORTS_EACH);
  });

  it('is not a port on which another program listens', async () => {
    const next = (await freePort()) + 1;
    const server = createServer().listen(next, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    expect(await isFree(next)).toBe(false);
    expect(await freePort()).not.toBe(next);
  });
});
