import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeBlocks, editOf } from './code-blocks.js';
import { REPOSITORY } from './program.js';

const INSTALL_FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
const ANSWERED_WITHIN_MS = 20_000;

/** The reason why packages cannot be installed; undefined if they can. */
export function whyNoRegistry(): string | undefined {
  const { status } = npm(['view', '@nestjs/core@11', 'version', '--fetch-retries=0'], REPOSITORY, ANSWERED_WITHIN_MS);
  return status === 0 ? undefined : 'no npm registry can be reached';
}

/** Packs the published packages; returns the tarball of each. */
export function packAll(folder: string): Map<string, string> {
  const { status, output } = run(process.execPath, [join(REPOSITORY, 'infra/release/pack.mjs'), folder], REPOSITORY);
  if (status !== 0) throw new Error(output);
  const tarballs = readdirSync(join(folder, 'tarballs'));
  return new Map(tarballs.map((file) => [/^(?:quadrille-)?(.+?)-\d/.exec(file)![1]!, join(folder, 'tarballs', file)]));
}

/** An application outside the repository, with a `node_modules` installed by npm. */
export class InstalledProject {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** The files of `packages/e2e/installed/<name>`. */
  copy(name: string): this {
    cpSync(join(REPOSITORY, 'packages/e2e/installed', name), this.folder, { recursive: true });
    return this;
  }

  /** Writes the files of a document. `from`: the folder of this project in the document; `to`: the target folder; `edit`: changes the content. */
  follow(document: string, { from = '', to = '', edit = (text: string) => text } = {}): this {
    for (const block of codeBlocks(readFileSync(join(REPOSITORY, document), 'utf8'))) {
      const shown = editOf(block);
      if (!shown?.path.startsWith(from)) continue;
      const file = join(this.folder, to, shown.path.slice(from.length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, edit(shown.apply('')));
    }
    return this;
  }

  install(...packages: readonly string[]): this {
    const { status, output } = npm(['install', ...INSTALL_FLAGS, ...packages], this.folder);
    if (status !== 0) throw new Error(output);
    return this;
  }

  /** Runs an installed program. */
  bin(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return run(process.execPath, [join(this.folder, 'node_modules', path), ...args], this.folder, env);
  }

  npm(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return run('npm', args, this.folder, env);
  }

  node(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return run(process.execPath, args, this.folder, env);
  }
}

function npm(args: readonly string[], cwd: string, timeout?: number) {
  return run('npm', args, cwd, {}, timeout);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  timeout?: number,
) {
  // Variables set by Jest and npm belong to this repository, not to the project.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^JEST_|^NODE_ENV$|^NODE_OPTIONS$|^INIT_CWD$/.test(name),
  );
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(own), ...env },
    ...(timeout && { timeout }),
  });
  return { status, output: `${stdout}${stderr}` };
}
