import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalKafka, startKafka } from '../kafka.js';
import { hasLoadedCoordinators } from './coordinator.js';
import { dockerLauncher } from './docker.js';

const docker = (...args: string[]): string => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim();
const way = await dockerLauncher(() => {});
const whereItCan = typeof way === 'string' ? describe.skip : describe;

whereItCan(`Kafka in a container${typeof way === 'string' ? ` (skipped, because ${way})` : ''}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-kafka-'));
  const dataDir = join(home, 'kafka');
  let kafka: LocalKafka;
  const containers = () => docker('ps', '--all', '--quiet', '--filter', `volume=${volume()}`);
  const volume = () =>
    docker('volume', 'ls', '--quiet', '--filter', `label=quadrille.folder`)
      .split('\n')
      .find((name) => docker('volume', 'inspect', '--format', '{{json .Labels}}', name).includes(realpathSync(home)));

  beforeAll(async () => {
    kafka = await startKafka({ dataDir, via: 'docker' });
  }, 120_000);
  afterAll(async () => {
    const name = volume();
    await kafka.stop();
    rmSync(home, { recursive: true });
    if (name) docker('volume', 'rm', name);
  });

  it('describes itself', () => {
    expect(kafka.how).toBe('Apache Kafka 4.3.1 in a Docker container');
  });

  it('has its group coordinators loaded', async () => {
    expect(await hasLoadedCoordinators(kafka.brokers[0] as string)).toBe(true);
  });

  it('restarts after SIGKILL of its client on its port and its data', async () => {
    const [broker, volumeBefore] = [kafka.brokers[0] as string, volume()];
    process.kill(kafka.pid as number, 'SIGKILL');
    await kafka.restart?.();
    expect(kafka.brokers).toEqual([broker]);
    expect(volume()).toBe(volumeBefore);
    expect(await hasLoadedCoordinators(broker)).toBe(true);
  }, 120_000);

  it('leaves no container after a stop', async () => {
    expect(containers()).not.toBe('');
    await kafka.stop();
    expect(containers()).toBe('');
  });
});
