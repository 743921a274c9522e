import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVICES, type ServiceName, variableOf } from '@quadrille/contracts';
import { freePort } from '@quadrille/local';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The limit for an answer of the engine; without an engine, the check must be fast. */
const ENGINE_ANSWERS_WITHIN_MS = 20_000;
const OUTPUT_MAX_BYTES = 64 * 1_024 * 1_024;

const run = promisify(execFile);

/** The system of docker-compose.yml under a unique project name. */
export interface Composed {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The address of the identity provider of the profile `sign-in`, by its port on this machine. */
  readonly identityProvider: string;
  /** Runs `docker compose …`; returns its output, or throws with it and the last lines of the services. */
  docker(...args: string[]): Promise<string>;
  /** The engine's description of a service's container. */
  inspect(service: string): Promise<any>;
  /** Removes containers, volumes, network and image. */
  remove(): Promise<void>;
  /** The ids of the project's remaining resources in the engine. */
  left(): Promise<string[]>;
}

/** The reason why docker compose cannot be used, as half a sentence; undefined if it can. */
export function whyNoCompose(): string | undefined {
  const docker = (...args: string[]) =>
    spawnSync('docker', args, { stdio: 'ignore', timeout: ENGINE_ANSWERS_WITHIN_MS, killSignal: 'SIGKILL' }).status ===
    0;
  if (!docker('version', '--format', '{{.Server.Version}}')) return 'no Docker engine answers';
  return docker('compose', 'version') ? undefined : 'docker compose is not installed';
}

/** Chooses name and ports without starting containers. */
export async function compose(): Promise<Composed> {
  const project = `quadrille-e2e-${randomBytes(4).toString('hex')}`;
  const env: NodeJS.ProcessEnv = { ...process.env, COMPOSE_PROJECT_NAME: project };
  const urls = {} as Record<ServiceName, string>;
  for (const name of SERVICES) {
    const port = await freePort();
    env[variableOf(name, 'PORT')] = String(port);
    urls[name] = `http://127.0.0.1:${port}`;
    env[variableOf(name, 'ADMIN_PORT')] = String(await freePort());
  }
  const identityPort = await freePort();
  env[variableOf('identity-provider', 'PORT')] = String(identityPort);
  const engine = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('docker', args, { cwd: ROOT, env, maxBuffer: OUTPUT_MAX_BYTES });
    return stdout.trim();
  };
  const docker = (...args: string[]) =>
    engine('compose', ...args).catch(async (error: Error & { stderr?: string }) => {
      const logs = await engine('compose', 'logs', '--tail=10', '--no-color').catch(() => '');
      throw new Error(`${error.stderr?.trim().split('\n').slice(-10).join('\n') || error.message}\n${logs}`);
    });
  const ours = `label=com.docker.compose.project=${project}`;
  return {
    urls,
    identityProvider: `http://127.0.0.1:${identityPort}`,
    docker,
    async inspect(service) {
      const [container] = (await docker('ps', '--all', '--quiet', service)).split('\n');
      return JSON.parse(await engine('inspect', '--format', '{{json .}}', container!));
    },
    async remove() {
      // Without the profiles, their volumes would remain.
      await docker('--profile', 'observability', '--profile', 'sign-in', 'down', '--volumes', '--remove-orphans');
      await engine('image', 'rm', '--force', `${project}-services`);
    },
    async left() {
      const kinds = [['ps', '--all'], ['volume', 'ls'], ['network', 'ls'], ['images']];
      const found = await Promise.all(kinds.map((kind) => engine(...kind, '--quiet', '--filter', ours)));
      return found.flatMap((ids) => ids.split('\n')).filter(Boolean);
    },
  };
}
