import { existsSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { QuadrilleConfig } from '@quadrille/choreography';
import { Unusable } from '@quadrille/proof';
import { checked } from './checked.js';
import { importFailureOf } from './import-failure.js';

/** Reads a configuration file. Throws {@link Unusable} with the problem and its remedy. */
export async function readConfig(file: string): Promise<QuadrilleConfig> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new Unusable(`There is no configuration file ${file}: name a quadrille.config.ts with --config.`);
  }
  const module = await importOf(file);
  if (!('default' in module)) {
    throw new Unusable(`${file} has no default export: write export default defineConfig({ choreography }).`);
  }
  return checked(file, module.default);
}

async function importOf(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${importFailureOf(file, error)}`);
  }
}
