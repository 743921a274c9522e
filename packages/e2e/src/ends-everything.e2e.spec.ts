import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, it, jest } from '@jest/globals';
import { type LocalKafka, startKafka } from '@quadrille/local';
import { eventually } from './eventually.js';
import { nothingRuns, type Program, placeIn, processesOf, runCommand } from './program.js';
import { removeData } from './remove-data.js';

/** Servers stop gracefully, including a broker that has just started. */
const ALL_GONE_WITHIN_MS = 30_000;
const READY_WITHIN_MS = 300_000;
/** Runs a program in its own terminal, which closes when it is killed. */
const SCRIPT = '/usr/bin/script';
/** Processes can be inspected on Linux only. */
const onLinux = process.platform === 'linux' ? it : it.skip;

jest.setTimeout(READY_WITHIN_MS + ALL_GONE_WITHIN_MS);

const home = mkdtempSync(join(tmpdir(), 'quadrille-ends-'));
const programs: Program[] = [];
let broker: LocalKafka;
let others: Readonly<Record<string, string>>;

beforeAll(async () => {
  // As root, PostgreSQL creates its data as another user, who must reach its temporary files.
  chmodSync(home, 0o711);
  broker = await startKafka({ dataDir: join(home, 'broker') });
  others = { QUADRILLE_KAFKA: 'brokers', KAFKA_BROKERS: broker.brokers.join() };
});
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGKILL');
    await program.ended();
  }
});
afterAll(async () => {
  await broker?.stop();
  for (const data of readdirSync(home)) removeData(join(home, data));
  rmSync(home, { recursive: true, force: true });
});

type Command = readonly [string, ...string[]];

/** Runs a command as from a terminal, with its own data and temporary files. */
async function begin(name: string, command: Command, env: Readonly<Record<string, string>> = {}) {
  const { env: own, dataDir } = await placeIn(join(home, name));
  mkdirSync(dataDir);
  const program = runCommand(command, { ...own, TMPDIR: dataDir, ...env });
  programs.push(program);
  return { program, dataDir };
}

/** Starts the cheapest servers and waits until they are ready. */
async function servers(name: string, env = others, command: Command = ['npm', 'run', 'servers', '--', 'counter']) {
  const begun = await begin(name, command, env);
  await begun.program.untilPrinted('ready; Ctrl-C', READY_WITHIN_MS);
  return begun;
}

/** The processes from npm down: the shell, unless its program replaced it; possibly the Node that started a newer one; the supervisor. */
function lineOf(npm: number): number[] {
  const line = [npm];
  for (;;) {
    const last = line.at(-1)!;
    const children = readFileSync(`/proc/${last}/task/${last}/children`, 'utf8').split(' ').filter(Boolean);
    const next = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('servers.mjs'));
    if (next === undefined) return line;
    line.push(Number(next));
  }
}

describe('npm run servers leaves no process behind', () => {
  // Not SIGINT: npm and the shell leave it to the program, and continue with it.
  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('when %s reaches npm alone', async (signal) => {
    const { program, dataDir } = await servers(`npm-${signal}`);
    process.kill(program.pid, signal);
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });

  it('when Ctrl-C reaches all of them', async () => {
    const { program, dataDir } = await servers('ctrl-c');
    program.signal('SIGINT');
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });

  onLinux.each([
    ['SIGKILL', 'the shell', 1],
    ['SIGKILL', 'the process between the shell and the supervisor', -2],
    ['SIGTERM', 'the supervisor', -1],
    ['SIGKILL', 'the supervisor', -1],
  ] as const)('when %s reaches %s alone', async (signal, whom, at) => {
    const { program, dataDir } = await servers(`${whom.replaceAll(' ', '-')}-${signal}`);
    process.kill(lineOf(program.pid).at(at)!, signal);
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });

  (existsSync(SCRIPT) ? onLinux : it.skip)('when its terminal is closed', async () => {
    const command = [SCRIPT, '--quiet', '--command', 'npm run servers -- counter', '/dev/null'] as const;
    const { program, dataDir } = await servers('terminal', others, command);
    process.kill(program.pid, 'SIGKILL');
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });

  onLinux('when the supervisor of a broker gets SIGKILL', async () => {
    const { program, dataDir } = await servers('own-broker', {});
    process.kill(lineOf(program.pid).at(-1)!, 'SIGKILL');
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });
});

describe('commands that run the whole system leave no process behind when SIGTERM reaches npm', () => {
  it.each([
    ['npm start', ['npm', 'start']],
    ['npm run dev', ['npm', 'run', 'dev', '--', 'payment']],
  ] as const)('%s, once it is ready', async (name, command) => {
    const { program, dataDir } = await begin(name.replaceAll(' ', '-'), command);
    await program.untilPrinted('Ctrl-C stops everything.', READY_WITHIN_MS);
    process.kill(program.pid, 'SIGTERM');
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });

  onLinux.each([
    ['npm run chaos', ['npm', 'run', 'chaos', '--', '--minutes', '1']],
    ['npm run bench', ['npm', 'run', 'bench', '--', '--case', 'relay', '--quick']],
  ] as const)('%s, while it is still starting', async (name, command) => {
    const { program, dataDir } = await begin(name.replaceAll(' ', '-'), command);
    await eventually(
      'a server of its own',
      async () => processesOf(dataDir),
      (running) => running.some((each) => each.includes('bin/postgres -D')),
      READY_WITHIN_MS,
    );
    process.kill(program.pid, 'SIGTERM');
    await nothingRuns(dataDir, ALL_GONE_WITHIN_MS);
  });
});
