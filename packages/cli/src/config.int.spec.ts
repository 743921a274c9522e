import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const QUADRILLE = join(ROOT, 'packages/cli/bin/quadrille.mjs');

/** A choreography of one service, which answers a command. */
const ECHO = `
import { choreography, command, defineConfig, event, stepBuilders } from '@quadrille/choreography';
import { z } from 'zod';
const schema = z.object({ id: z.string() });
const facts = { service: 'echo', key: 'id', version: 1, schema };
const Requested = event('Requested', { ...facts, wireName: 'echo.requested' });
const Answered = event('Answered', { ...facts, wireName: 'echo.answered', final: true });
const echo = choreography({
  system: 'echo',
  endings: { ANSWERED: Answered },
  rows: {
    request: { service: 'echo', handles: command('POST /request', schema), emits: [Requested] },
    answer: { service: 'echo', handles: [Requested], emits: [Answered] },
  },
});
const { step, serviceSteps, aggregate } = stepBuilders(echo.rows);
const requests = aggregate('requests', { initial: () => ({ past: [] }), evolve: ({ past }, { type }) => ({ past: [...past, type] }) });
const once = (Event) => ({
  loads: ({ id }) => ({ it: requests.of(id) }),
  decide: ({ it }, data) => (it.past.includes(Event.name) ? ignore : Event(data)),
});
import { ignore } from '@quadrille/choreography';
const request = step('request', once(Requested));
const answer = step('answer', once(Answered));
const scenario = { name: 'one question', commands: [{ step: 'request', data: { id: 'a' } }] };
const steps = (changes = {}) => ({ service: 'echo', steps: [request, { ...answer, ...changes }] });
`;
const config = (members: string): string => `${ECHO}\nexport default defineConfig({ choreography: echo, ${members} });`;
const EXPLORED = config('services: [steps()], scenarios: [scenario]');

let home: string;
beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'quadrille-config-')));
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  mkdirSync(join(home, 'src/deep'), { recursive: true });
  mkdirSync(join(home, 'elsewhere'));
});
afterAll(() => rmSync(home, { recursive: true }));

/** Writes a configuration file and runs a command in its folder, or in one below. */
function quadrille(args: readonly string[], file: string, text: string, folder = '.') {
  const path = join(home, file);
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [QUADRILLE, ...args], {
    cwd: join(home, folder),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
  });
  rmSync(path);
  return { status, stdout, stderr };
}
const verify = (text: string, file = 'quadrille.config.mjs') => quadrille(['verify'], file, text);
const explore = (members: string) => quadrille(['explore'], 'quadrille.config.mjs', config(members));
const SOUND = '✓ The table is sound: 2 rows, 2 events, 1 services, 1 endings.\n';

describe('a configuration file', () => {
  it.each(['quadrille.config.ts', 'quadrille.config.mts', 'quadrille.config.mjs'])('is found upwards: %s', (file) => {
    const text = file.endsWith('ts') ? EXPLORED.replace('(Event) =>', '(Event: any) =>') : EXPLORED;
    expect(quadrille(['verify'], file, text, 'src/deep')).toEqual({ status: 0, stdout: SOUND, stderr: '' });
  });

  it('is set by --config, before or after the command', () => {
    const named = ['--config', '../other.mjs'];
    expect(quadrille([...named, 'verify'], 'other.mjs', EXPLORED, 'elsewhere').stdout).toBe(SOUND);
    expect(quadrille(['verify', '--config=../other.mjs'], 'other.mjs', EXPLORED, 'elsewhere').stdout).toBe(SOUND);
  });

  it('provides the scenarios of explore', () => {
    const { status, stdout, stderr } = quadrille(['explore'], 'quadrille.config.mjs', EXPLORED);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('✓ one question: 3 states');
    expect(stdout).toContain('1 way to end:\n  ANSWERED: Requested, Answered\n✓ every promise holds\n');
  });

  it('may import other copies of the packages than the commands use', () => {
    const theirs = join(home, 'theirs');
    const copy = join(theirs, 'node_modules/@quadrille/choreography');
    for (const part of ['dist', 'package.json']) {
      cpSync(join(ROOT, 'packages/choreography', part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules/zod'), join(theirs, 'node_modules/zod'));
    const { status, stdout } = quadrille(['explore'], 'theirs/quadrille.config.mjs', EXPLORED, 'theirs');
    expect(stdout).toContain('✓ every promise holds');
    expect(status).toBe(0);
  });

  it('loads no package of the shop', () => {
    const loaded = join(home, 'loaded.mjs');
    const hook = `import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;
    writeFileSync(loaded, hook);
    writeFileSync(join(home, 'quadrille.config.mjs'), EXPLORED);
    const args = ['--import', loaded, QUADRILLE, 'explore'];
    const { stderr } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' });
    rmSync(join(home, 'quadrille.config.mjs'));
    expect(stderr).toContain('/packages/proof/dist/explore/explore.js');
    expect(stderr.split('\n').filter((url) => /\/packages\/contracts\/|\/apps\/|\/@nestjs\//.test(url))).toEqual([]);
  });
});

describe('an unusable configuration file is reported in one sentence', () => {
  const cases: [string, string, RegExp][] = [
    [
      'without a default export',
      'export const config = {};',
      / has no default export: write export default defineConfig/,
    ],
    ['without a choreography', 'export default {};', /: choreography: expected the result of choreography\(…\)\.$/],
    ['with something else', 'export default 3;', /: expected the result of defineConfig\(…\)\.$/],
    [
      'with a wrong row',
      EXPLORED.replace('emits: [Answered]', 'emits: ["Answered"]'),
      /: choreography\.rows\.answer\.emits\.0: expected an event of event\(…\)\.$/,
    ],
    [
      'with a syntax error',
      'export default {',
      / cannot be read: Unexpected end of input; node .*quadrille\.config\.mjs shows where\.$/,
    ],
    ['that throws', 'throw new Error("no database");', / cannot be read: no database\.$/],
    [
      'with an import of nothing',
      'import "./dist/orders.js";',
      / cannot be read: Cannot find module .*orders\.js' .*; build first\.$/,
    ],
  ];
  it.each(cases)('%s', (_, text, sentence) => {
    const { status, stdout, stderr } = verify(text);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('in TypeScript that Node cannot strip', () => {
    const { status, stderr } = verify('enum Kind { A }\nexport default {};', 'quadrille.config.ts');
    expect(stderr).toMatch(
      / cannot be read: it needs TypeScript that Node cannot strip .*import the files that your build writes/,
    );
    expect(status).toBe(2);
  });

  it('with types that are none, at its place', () => {
    const { status, stderr } = verify('export const one: = 1;', 'quadrille.config.ts');
    expect(stderr).toMatch(/ cannot be read: .* at .*quadrille\.config\.ts:1\.\n$/);
    expect(status).toBe(2);
  });

  it('that imports a class with decorators', () => {
    writeFileSync(join(home, 'src/controller.mts'), '@Controller()\nexport class Orders {}');
    const { status, stderr } = verify('import "./src/controller.mts";', 'quadrille.config.ts');
    expect(stderr).toMatch(
      / cannot be read: .*; if it imports a class with decorators, import the files that your build writes/,
    );
    expect(status).toBe(2);
  });

  it('that imports its sources by the names of their compiled files', () => {
    writeFileSync(join(home, 'src/orders.ts'), '');
    const { status, stderr } = verify('import "./src/orders.js";', 'quadrille.config.ts');
    expect(stderr).toMatch(
      /Cannot find module .*import the files that your build writes, as in \.\/dist\/orders\.js\.\n$/,
    );
    expect(status).toBe(2);
  });

  it('that does not exist', () => {
    const { status, stderr } = quadrille(['verify', '--config', 'nowhere.ts'], 'other.mjs', EXPLORED);
    expect(stderr).toBe(
      `There is no configuration file ${join(home, 'nowhere.ts')}: name a quadrille.config.ts with --config.\n`,
    );
    expect(status).toBe(2);
  });
});

describe('a choreography that cannot be explored is reported in one sentence', () => {
  const cases: [string, string, RegExp][] = [
    ['no services', 'scenarios: [scenario]', /^explore runs the steps of the services: add services/],
    ['no scenario', 'services: [steps()]', /^explore needs commands to run: add scenarios/],
    [
      'a row without its step',
      "services: [{ service: 'echo', steps: [request] }], scenarios: [scenario]",
      /^The row 'answer' has no step among the services: add the steps of 'echo'\.$/,
    ],
    [
      'a step with handle',
      'services: [steps({ handle: async () => ignore })], scenarios: [scenario]',
      /^The step 'answer' has handle, which runs inside a transaction: explore can only run steps that have decide\.$/,
    ],
    [
      'a call without a gateway',
      'services: [steps({ call: async () => 1 })], scenarios: [scenario]',
      /^The step 'answer' calls a gateway: add gateways: { echo: … }/,
    ],
    [
      'a call that fails',
      "services: [steps({ call: (_, gateways) => gateways() })], scenarios: [{ ...scenario, gateways: { echo: async () => { throw new Error('closed'); } } }]",
      /^The call of 'answer' failed: closed\. Let the gateway of the scenario 'one question' return a value\.$/,
    ],
    [
      'a step that is no command',
      "services: [steps()], scenarios: [{ ...scenario, commands: [{ step: 'answer', data: {} }] }]",
      /sends 'answer', which is no command; there is request\.$/,
    ],
    [
      "data that violate the command's schema",
      "services: [steps()], scenarios: [{ ...scenario, commands: [{ step: 'request', data: { id: 1 } }] }]",
      /^The data of 'request' in the scenario 'one question' violates the command's schema: id: /,
    ],
    [
      'another key',
      "services: [steps({ decide: () => Answered({ id: 'b' }) })], scenarios: [scenario]",
      /Answered has the key 'b', which no command has/,
    ],
  ];
  it.each(cases)('%s', (_, members, sentence) => {
    const { status, stdout, stderr } = explore(members);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it.each([
    ['decide', "decide: ({ it }, data) => (it.past.push('x'), Answered(data))", 'object is not extensible'],
    ['loads', "loads: () => { throw new Error('no key'); }", 'no key'],
  ])('and a step that throws in %s is reported', (_, change, why) => {
    const { status, stdout } = explore(`services: [steps({ ${change} })], scenarios: [scenario]`);
    expect(stdout).toContain('answer throws: ');
    expect(stdout).toContain(why);
    expect(status).toBe(1);
  });
});
