import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ServiceName } from '@quadrille/contracts';
import type { Environments } from './check-environments.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const STDIN = 0;

const load = (file: string) => import(pathToFileURL(join(ROOT, file)).href);

/** The errors of a service's environment; empty if it is valid. */
async function refusalsOf(name: ServiceName, env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    if (name === 'payment-provider') {
      (await load('apps/payment-provider/dist/environment.js')).readEnvironment(env);
      return [];
    }
    const definition = (await load(`apps/${name}/dist/${name}.js`))[name];
    (await load('packages/nest/dist/environment.js')).readEnvironment(definition.environment ?? {}, env);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const environments = JSON.parse(readFileSync(STDIN, 'utf8')) as Environments;
const refusals = await Promise.all(
  Object.entries(environments).map(([name, env]) => refusalsOf(name as ServiceName, env)),
);
// The same error in six services is one mistake.
const sentences = [...new Set(refusals.flat())];
for (const sentence of sentences) console.log(sentence);
process.exitCode = sentences.length === 0 ? 0 : 1;
