import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodeBlock, codeBlocks, editOf } from './code-blocks.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OURS = '@quadrille';
const OUTPUT_MAX_BYTES = 64 * 1_024 * 1_024;

/** The exit status and output of a command. */
interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** A copy of the repository in which a document is followed exactly. Installed packages are shared, own packages are copied. */
export interface CopiedRepository {
  readonly folder: string;
  readonly blocks: readonly CodeBlock[];
  /** Applies these blocks of the document. Throws if none of them changes a file. */
  follow(isMeant: (block: CodeBlock) => boolean): void;
  /** Runs a script of the copy with Node. */
  run(...args: string[]): Ran;
  /** Compiles all packages and services; no output on success. */
  build(): Ran;
  /** The static part of `npm run check`: format, lint, types of specs, the table, generated files. No output on success. */
  checkStatically(): Ran;
  remove(): void;
}

/** Copies the files that Git tracks or would add, in their current state. `document` is a path in the repository. */
export function copyRepository(document: string): CopiedRepository {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-copy-'));
  const inFolder = (command: string, ...args: string[]): Ran => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: OUTPUT_MAX_BYTES,
    });
    return { status, output: `${stdout}${stderr}` };
  };
  const node = (...args: string[]) => inFolder(process.execPath, ...args);
  const tsc = (...args: string[]) => node('node_modules/typescript/bin/tsc', ...args, '--pretty', 'false');
  for (const path of filesOfGit()) cpSync(join(ROOT, path), join(folder, path));
  for (const workspace of workspacesOf(folder)) shareInstalled(workspace, folder);
  // Some checks use Git to list files.
  inFolder('git', 'init', '--quiet');
  const blocks = codeBlocks(readFileSync(join(ROOT, document), 'utf8'));
  return {
    folder,
    blocks,
    follow(isMeant) {
      const edits = blocks.filter(isMeant).flatMap((block) => {
        const edit = editOf(block);
        return edit ? [{ block, edit }] : [];
      });
      if (edits.length === 0)
        throw new Error(`No block of ${document} that changes a file is meant. Was a heading renamed?`);
      for (const { block, edit } of edits) {
        const file = join(folder, edit.path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, edit.apply(block.text.startsWith('---') ? readFileSync(file, 'utf8') : ''));
      }
      for (const workspace of workspacesOf(folder)) shareInstalled(workspace, folder);
      inFolder('git', 'add', '--all');
    },
    run: node,
    build: () => tsc('-b', ...workspacesOf(folder).filter((each) => existsSync(join(folder, each, 'tsconfig.json')))),
    checkStatically() {
      const generated = node('infra/checks/generate.mjs');
      const steps = [
        node('node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'),
        tsc('-p', 'infra/checks/tsconfig.specs.json'),
        node('packages/cli/bin/quadrille.mjs', 'verify'),
        generated,
        node('infra/checks/generate.mjs', '--check'),
        node('infra/checks/links.mjs'),
      ];
      const failed = steps.find(({ status }) => status !== 0);
      return failed ?? { status: 0, output: '' };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const filesOfGit = (): string[] =>
  spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .stdout.split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** The folders with a package, including the root as `.`. */
function workspacesOf(folder: string): string[] {
  const { workspaces } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { workspaces: string[] };
  const named = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(folder, parent)).map((name) => `${parent}/${name}`);
  });
  return ['.', ...named.filter((path) => existsSync(join(folder, path, 'package.json')))];
}

/** Links the packages that a workspace has installed; links among own packages stay relative, so they lead into the copy. */
function shareInstalled(workspace: string, folder: string): void {
  const installed = join(ROOT, workspace, 'node_modules');
  const shared = join(folder, workspace, 'node_modules');
  if (!existsSync(installed) || existsSync(shared)) return;
  mkdirSync(join(shared, OURS), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== OURS) symlinkSync(join(installed, name), join(shared, name));
  }
  if (!existsSync(join(installed, OURS))) return;
  for (const name of readdirSync(join(installed, OURS))) {
    symlinkSync(readlinkSync(join(installed, OURS, name)), join(shared, OURS, name));
  }
}
