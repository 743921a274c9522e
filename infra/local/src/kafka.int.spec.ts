import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandLine } from '../ancestors.mjs';
import { freePort } from './free-port.js';
import { hasLoadedCoordinators } from './kafka/coordinator.js';
import { type LocalKafka, startKafka } from './kafka.js';

const clusterOf = (dataDir: string) =>
  /cluster\.id=(.*)/.exec(readFileSync(join(dataDir, 'log/meta.properties'), 'utf8'))?.[1];

describe('Kafka on the JVM of this machine', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-kafka-'));
  const dataDir = join(home, 'kafka');
  let kafka: LocalKafka;

  beforeAll(async () => {
    kafka = await startKafka({ dataDir, via: 'jvm' });
  });
  afterAll(async () => {
    await kafka.stop();
    rmSync(home, { recursive: true });
  });

  it('describes itself', () => {
    expect(kafka.how).toBe('Apache Kafka 4.3.1 on the JVM of this machine');
  });

  it('has its group coordinators loaded', async () => {
    expect(await hasLoadedCoordinators(kafka.brokers[0] as string)).toBe(true);
  });

  it('restarts after SIGKILL on its port and its data', async () => {
    const [before, pid] = [clusterOf(dataDir), kafka.pid as number];
    process.kill(pid, 'SIGKILL');
    await kafka.restart?.();
    expect(kafka.pid).not.toBe(pid);
    expect(clusterOf(dataDir)).toBe(before);
    expect(await hasLoadedCoordinators(kafka.brokers[0] as string)).toBe(true);
  });

  it('rejects a data folder whose broker is in use', async () => {
    await expect(startKafka({ dataDir, via: 'jvm' })).rejects.toThrow(`is in use by process ${process.pid}`);
  });

  it('supports data folders of any name, also on restart', async () => {
    const odd = join(home, 'Übung 🍵, a=b#c!d:e \\n "f"');
    for (const time of ['new', 'again']) {
      const there = await startKafka({ dataDir: odd, via: 'jvm' });
      expect([time, await hasLoadedCoordinators(there.brokers[0] as string)]).toEqual([time, true]);
      await there.stop();
      expect(readFileSync(join(odd, 'log/__cluster_metadata-0/partition.metadata'), 'utf8')).toContain('topic_id');
    }
  }, 120_000);

  it('reports the remedy if the port is in use', async () => {
    const squatter = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    try {
      await expect(startKafka({ dataDir: join(home, 'other'), via: 'jvm', port })).rejects.toThrow(
        `Kafka cannot listen on port ${port}, because another program does: stop that program or choose another port.`,
      );
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('leaves no process after a stop', async () => {
    const pid = kafka.pid as number;
    await kafka.stop();
    expect(commandLine(pid)).toBeUndefined();
  });
});
