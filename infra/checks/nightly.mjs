// Checks that take too long for every change: npm run nightly -- [--seeds 1000] [--orders 1000] [--first 1] [--minutes 20] [--only properties,simulate,explore,crashes,audit,chaos,lab]
// Prints a summary, and exits with 1 if a promise was broken.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const QUADRILLE = 'packages/cli/bin/quadrille.mjs';
/** Small enough that all cores finish at the same time, large enough to justify the start of a process. */
const SEEDS_A_PROCESS = 10;
/** The number of inputs per property of the pure specs; a normal run uses a few hundred. */
const FUZZ_RUNS = '20000';
/** Of chaos on the secured system. */
const SECURED_MINUTES = '3';
/** Random walks per exploration of the lab. */
const LAB_WALKS = '20000';
const PARTS = ['properties', 'simulate', 'explore', 'crashes', 'audit', 'chaos', 'lab'];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    orders: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    only: { type: 'string', default: PARTS.join() },
  },
});
const [seeds, orders, first, minutes] = ['seeds', 'orders', 'first', 'minutes'].map((name) =>
  whole(name, values[name]),
);
const only = values.only.split(',');
const unknown = only.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) refuse(`--only: unknown ${unknown.join(', ')}. Known: ${PARTS.join(', ')}.`);

const results = [];
const parts = { properties, simulate, explore, crashes, audit, chaos, lab };
for (const part of PARTS.filter((each) => only.includes(each))) {
  const began = Date.now();
  const { sound, found } = await parts[part]();
  results.push({ part, sound, found, tookMs: Date.now() - began });
}
console.log('\nnightly');
for (const { part, sound, found, tookMs } of results) {
  console.log(`${sound ? '✓' : '✗'} ${part}: ${found} (${(tookMs / 60_000).toFixed(1)} min)`);
}
process.exit(results.every(({ sound }) => sound) ? 0 : 1);

/** Every property with new seeds, those of the pure specs with many more inputs. */
async function properties() {
  const anew = { QUADRILLE_FUZZ_SEED: 'random' };
  const jest = ['infra/checks/jest.mjs'];
  const ran = [
    await run([...jest, 'unit', '--silent', '--testTimeout=3600000'], { ...anew, QUADRILLE_FUZZ_RUNS: FUZZ_RUNS }),
    await run([...jest, 'int', '--silent'], anew),
  ];
  for (const { status, output } of ran) if (status !== 0) console.log(output);
  const found = ran.map(({ output }) => /^Tests: +(.*)$/m.exec(output)?.[1] ?? 'did not end').join('; ');
  return { sound: ran.every(({ status }) => status === 0), found };
}

/** All seeds on all cores. A failure is shrunk and printed with the command that repeats it. */
async function simulate() {
  const slices = [];
  for (let seed = first; seed < first + seeds; seed += SEEDS_A_PROCESS) {
    slices.push([seed, Math.min(SEEDS_A_PROCESS, first + seeds - seed)]);
  }
  let broken = 0;
  let ran = 0;
  const work = async () => {
    for (let slice = slices.shift(); slice; slice = slices.shift()) {
      const [seed, count] = slice;
      const { status, output } = await run([
        QUADRILLE,
        'simulate',
        '--seed',
        seed,
        '--seeds',
        count,
        '--orders',
        orders,
      ]);
      const failed = output.match(/^✗ seed /gm)?.length ?? 0;
      ran += output.match(/^[✓✗] seed /gm)?.length ?? 0;
      broken += failed;
      if (status !== 0) console.log(output);
      if (status !== 0 && failed === 0) broken += 1;
    }
  };
  const began = Date.now();
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const pace = Math.round((ran * orders) / ((Date.now() - began) / 60_000)).toLocaleString('en');
  const found = `${ran} seeds of ${orders} orders, ${broken} broken, ${pace} orders per minute`;
  return { sound: broken === 0 && ran === seeds, found };
}

/** Every interleaving of one order and of two, without a bound. */
async function explore() {
  const found = [];
  let sound = true;
  for (const args of [[], ['--no-inbox'], ['--orders', '2']]) {
    const { status, output } = await run(['--max-old-space-size=6144', QUADRILLE, 'explore', '--summary', ...args]);
    if (status !== 0) console.log(output);
    sound &&= status === 0;
    found.push(/^.* states, .*$/m.exec(output)?.[0] ?? 'did not end');
  }
  return { sound, found: found.join('; ') };
}

/** Every crash point at every service that reaches it. */
async function crashes() {
  const { status, output } = await run(['infra/checks/jest.mjs', 'e2e', 'crash'], { QUADRILLE_EVERY_SERVICE: '1' });
  if (status !== 0) console.log(output);
  return { sound: status === 0, found: /^Tests: +(.*)$/m.exec(output)?.[1] ?? 'did not end' };
}

/** The auditor with very many orders in limited memory, and under a minute of load. */
async function audit() {
  const found = [];
  let sound = true;
  for (const [kind, file] of [
    ['int', 'audit-many-orders'],
    ['e2e', 'src/audit.e2e'],
  ]) {
    const { status, output } = await run(['infra/checks/jest.mjs', kind, file], { QUADRILLE_LONG: '1' });
    if (status !== 0) console.log(output);
    sound &&= status === 0;
    found.push(/^Tests: +(.*)$/m.exec(output)?.[1] ?? 'did not end');
  }
  return { sound, found: found.join('; ') };
}

async function chaos() {
  const { status, output } = await run(['packages/chaos/chaos.mjs', '--minutes', minutes, '--seed', first]);
  console.log(output);
  const found = `${minutes} minutes of seed ${first}`;
  if (status !== 0) return { sound: false, found };
  // Shorter: the same faults, where connections are encrypted and every service has its own rights alone.
  const secured = await run(['packages/chaos/chaos.mjs', '--secure', '--minutes', SECURED_MINUTES, '--seed', first]);
  console.log(secured.output);
  return { sound: secured.status === 0, found: `${found}, ${SECURED_MINUTES} minutes of it secured` };
}

/** All states of the lab's protocols with one order and one crash, walks with two orders and every kind of fault, and every cell of the comparison. */
async function lab() {
  const found = [];
  let sound = true;
  for (const args of [
    ['explore', 'two-phase-commit', '--decisions', 'kafka'],
    ['explore', '--bound', '1000000'],
    ['explore', 'two-phase-commit', '--cuts', '1', '--late', '2', '--walks', LAB_WALKS],
    ['explore', 'two-phase-commit', '--decisions', 'kafka', '--cuts', '1', '--late', '2', '--walks', LAB_WALKS],
    ['explore', 'orchestrated-saga', '--orders', '2', '--walks', LAB_WALKS],
    ['explore', '2PS', '--orders', '2', '--walks', LAB_WALKS],
    ['compare'],
  ]) {
    const { status, output } = await run([QUADRILLE, 'lab', ...args]);
    const broken = output.match(/^ {2}✗ /gm)?.length ?? 0;
    // Only the control breaks promises under a crash alone.
    const isSound = status === 0 && broken === (args.includes('--bound') ? 1 : 0);
    if (!isSound) console.log(output);
    sound &&= isSound;
    found.push(`${args.join(' ')}: ${isSound ? 'as expected' : 'not as expected'}`);
  }
  return { sound, found: found.join('; ') };
}

function run(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args.map(String), { cwd: root, env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('close', (status) => resolve({ status, output }));
  });
}

function whole(name, text) {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : refuse(`--${name} is ${text}; expected a whole number.`);
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}
