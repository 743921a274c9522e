import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVICES, type ServiceName, variableOf } from '@quadrille/contracts';
import { freePort } from '@quadrille/local';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** A machine without an engine must not notice that we asked. */
const ENGINE_ANSWERS_WITHIN_MS = 5_000;
const OUTPUT_MAX_BYTES = 64 * 1_024 * 1_024;

const run = promisify(execFile);

/** The system of docker-compose.yml under a project name of its own. */
export interface Composed {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** `docker compose …`; gives what it prints, or fails with that and the last lines of the services. */
  docker(...args: string[]): Promise<string>;
  /** What the engine knows of the container of a service. */
  inspect(service: string): Promise<any>;
  /** Takes everything away: containers, volumes, network, image. */
  remove(): Promise<void>;
  /** The ids of what the project still has in the engine. */
  left(): Promise<string[]>;
}

/** Half a sentence that says why docker compose cannot be used here; undefined: it can. */
export function whyNoCompose(): string | undefined {
  const docker = (...args: string[]) =>
    spawnSync('docker', args, { stdio: 'ignore', timeout: ENGINE_ANSWERS_WITHIN_MS, killSignal: 'SIGKILL' }).status ===
    0;
  if (!docker('version', '--format', '{{.Server.Version}}')) return 'no Docker engine answers';
  return docker('compose', 'version') ? undefined : 'docker compose is not installed';
}

/** Chooses name and ports; nothing is started yet. */
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
    docker,
    async inspect(service) {
      const [container] = (await docker('ps', '--all', '--quiet', service)).split('\n');
      return JSON.parse(await engine('inspect', '--format', '{{json .}}', container!));
    },
    async remove() {
      // With the profile, or its volumes would stay.
      await docker('--profile', 'observability', 'down', '--volumes', '--remove-orphans');
      await engine('image', 'rm', '--force', `${project}-services`);
    },
    async left() {
      const kinds = [['ps', '--all'], ['volume', 'ls'], ['network', 'ls'], ['images']];
      const found = await Promise.all(kinds.map((kind) => engine(...kind, '--quiet', '--filter', ours)));
      return found.flatMap((ids) => ids.split('\n')).filter(Boolean);
    },
  };
}
