import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cancel, confirm, intro, log, outro, text } from '@clack/prompts';
import { type Kind, kindOf, Refusal } from './plan.js';
import { addToApplication, writeNewProject } from './write-files.js';

const USAGE = `npm create quadrille@latest [folder] [-- --yes]

  folder    a new or empty folder, or that of a Nest application (default: this one)
  --yes     answer every question with its default
`;
const CREATES: Readonly<Record<Kind, string>> = {
  new: 'Write a project of two services',
  nest: 'Add a choreography to the Nest application',
};
const DEFAULT_FOLDER = 'my-shop';

try {
  await create();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function create(): Promise<void> {
  const { folder: named, yes, help } = options();
  if (help) return console.log(USAGE);
  const isPrompted = !yes && process.stdin.isTTY && process.stdout.isTTY;
  const folder = resolve(named ?? (isPrompted ? await promptForFolder() : '.'));
  const kind = kindOf(folder);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (isPrompted) await mustAgree(`${CREATES[kind]} in ${folder}?`);
  if (kind === 'new') writeNewProject(folder, version);
  const byHand = kind === 'nest' ? addToApplication(folder, version) : [];
  report([...byHand, ...nextSteps(folder, kind)]);
}

function options() {
  try {
    const flags = { yes: { type: 'boolean', short: 'y' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ allowPositionals: true, options: flags });
    if (positionals.length > 1) throw new Error(`Unexpected argument ${positionals[1]}`);
    return { folder: positionals[0], ...values };
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** This folder where a project fits into it, else the name of a new one. */
async function promptForFolder(): Promise<string> {
  intro('Quadrille');
  const initialValue = isUsable('.') ? '.' : DEFAULT_FOLDER;
  return answered<string>(await text({ message: 'In which folder?', initialValue }));
}

function isUsable(folder: string): boolean {
  try {
    kindOf(resolve(folder));
    return true;
  } catch {
    return false;
  }
}

async function mustAgree(message: string): Promise<void> {
  if (answered<boolean>(await confirm({ message }))) return;
  cancel('Nothing was written.');
  process.exit(1);
}

function answered<Answer>(answer: Answer | symbol): Answer {
  if (typeof answer !== 'symbol') return answer;
  cancel('Nothing was written.');
  process.exit(1);
}

function nextSteps(folder: string, kind: Kind): string[] {
  const path = relative('.', folder);
  const enter = path === '' ? '' : `cd ${path} && `;
  const test = kind === 'new' ? 'npm test' : 'npx quadrille verify';
  const build = kind === 'new' ? '' : 'npm run build && ';
  return [
    `${enter}npm install && ${build}${test}`,
    kind === 'new'
      ? 'README.md has the rest.'
      : 'docker compose -f compose.quadrille.yaml up -d starts PostgreSQL and Kafka.',
  ];
}

function report(lines: readonly string[]): void {
  for (const line of lines) log.step(line);
  outro('Done.');
}
