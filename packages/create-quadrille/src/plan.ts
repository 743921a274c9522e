import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files that a folder may have and still count as empty. */
const IGNORED = new Set(['.git', '.gitignore', '.DS_Store', '.idea', '.vscode', 'LICENSE', 'README.md']);
/** The folder of the first choreography in a Nest application. */
const ADDED = 'src/ordering';

const CONFIGS = ['ts', 'mts', 'mjs', 'js'].map((extension) => `quadrille.config.${extension}`);

/** The kind of project that a folder gets. */
export type Kind = 'new' | 'nest';

/** One sentence for the terminal, exit code 1. */
export class Refusal extends Error {}

/** Decides by the contents of a folder. Throws a {@link Refusal} where neither kind of project fits. */
export function kindOf(folder: string): Kind {
  if (!existsSync(folder)) return 'new';
  if (!statSync(folder).isDirectory()) throw new Refusal(`${folder} is a file: name a folder.`);
  const taken = [ADDED, ...CONFIGS].map((path) => join(folder, path)).find((path) => existsSync(path));
  if (taken) throw new Refusal(`${taken} exists already: nothing was written.`);
  if (isNestApplication(folder)) return 'nest';
  if (readdirSync(folder).every((name) => IGNORED.has(name))) return 'new';
  throw new Refusal(
    `${folder} is neither empty nor a Nest application: name another folder, as in npm create quadrille@latest my-shop.`,
  );
}

function isNestApplication(folder: string): boolean {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return false;
  return '@nestjs/core' in (readManifest(path).dependencies ?? {});
}

/** A package.json, as far as it is used here. */
export interface Manifest {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Throws a {@link Refusal} when the file is no JSON. */
export function readManifest(path: string): Manifest & Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Refusal(`${path} is no JSON: ${(error as Error).message}.`);
  }
}
