import { spawnSync } from 'node:child_process';

/** The image in the compose file. */
const IMAGE = 'prom/prometheus:v2.53.3';
const ANSWERS_WITHIN_MS = 10_000;
const PULLED_WITHIN_MS = 180_000;
const WORKS_WITHIN_MS = 55_000;

const succeeds = (timeout: number, command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' }).status === 0;

let installed: boolean | undefined;
const isInstalled = (): boolean => {
  installed ??= succeeds(ANSWERS_WITHIN_MS, 'promtool', '--version');
  return installed;
};

/** The reason why promtool is unavailable, as half a sentence; undefined if it is on the PATH or in an image of the engine. */
export function whyNoPromtool(): string | undefined {
  if (isInstalled()) return undefined;
  if (!succeeds(ANSWERS_WITHIN_MS, 'docker', 'version'))
    return 'promtool is not on the PATH, and no Docker engine answers';
  if (succeeds(ANSWERS_WITHIN_MS, 'docker', 'image', 'inspect', IMAGE)) return undefined;
  if (succeeds(PULLED_WITHIN_MS, 'docker', 'pull', '--quiet', IMAGE)) return undefined;
  return `promtool is not on the PATH, and the engine cannot pull ${IMAGE}`;
}

/** Runs promtool in a folder and returns its output. */
export function promtool(folder: string, ...args: string[]): { status: number | null; output: string } {
  const inImage = [
    'run',
    '--rm',
    '--network=none',
    // Only its owner has access to a temporary folder.
    `--user=${process.getuid?.() ?? 0}`,
    `--volume=${folder}:/work:ro`,
    '--workdir=/work',
    '--entrypoint=promtool',
    IMAGE,
  ];
  const [command, all] = isInstalled() ? ['promtool', args] : ['docker', [...inImage, ...args]];
  const { status, stdout, stderr } = spawnSync(command, all, {
    cwd: folder,
    encoding: 'utf8',
    timeout: WORKS_WITHIN_MS,
  });
  return { status, output: `${stdout}${stderr}` };
}
