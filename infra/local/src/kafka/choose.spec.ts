import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startKafka } from '../kafka.js';
import { demandedVia, demandJvm, firstThatWorks, namedBrokers, order } from './choose.js';
import type { Launcher } from './launcher.js';

const way = (how: string): Launcher => ({
  how,
  launch: () => Promise.reject(new Error('not here')),
  ended: async () => {},
});
const quiet = () => {};
const name = async ({ how }: Launcher) => how;

describe('the choice of a Kafka launcher', () => {
  const { KAFKA_BROKERS, QUADRILLE_KAFKA } = process.env;
  beforeEach(() => {
    delete process.env.KAFKA_BROKERS;
    delete process.env.QUADRILLE_KAFKA;
  });
  afterEach(() => {
    for (const [variable, value] of Object.entries({ KAFKA_BROKERS, QUADRILLE_KAFKA })) {
      if (value === undefined) delete process.env[variable];
      else process.env[variable] = value;
    }
  });

  const both = { docker: async () => way('docker'), jvm: async () => way('jvm') };
  const neither = { docker: async () => 'no Docker engine answers', jvm: async () => 'there is no Java 17 or newer' };

  it('selects the named brokers, with the default port', () => {
    process.env.KAFKA_BROKERS = 'one:9000, two, [::1]:9093,';
    expect(namedBrokers(undefined)).toEqual(['one:9000', 'two:9092', '[::1]:9093']);
    expect(namedBrokers('jvm')).toBeUndefined();
  });

  it('rejects invalid broker addresses', () => {
    process.env.KAFKA_BROKERS = 'one:port';
    expect(() => namedBrokers(undefined)).toThrow('KAFKA_BROKERS is "one:port"; expected host:port of at least one');
  });

  it('prefers the JVM to Docker, because it is ready sooner', async () => {
    expect(await firstThatWorks(order(undefined, '/nonexistent'), quiet, name, both)).toBe('jvm');
    expect(await firstThatWorks(order(undefined, '/nonexistent'), quiet, name, { ...both, jvm: neither.jvm })).toBe(
      'docker',
    );
  });

  it('selects Docker if the JVM does not start, and reports that', async () => {
    const lines: string[] = [];
    const start = async ({ how }: Launcher) => {
      if (how === 'jvm') throw new Error('no space left');
      return how;
    };
    const selected = await firstThatWorks(order(undefined, '/nonexistent'), (line) => lines.push(line), start, both);
    expect([selected, lines]).toEqual(['docker', ['jvm does not start (no space left)']]);
  });

  it('selects the launcher that has the data', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-choice-'));
    writeFileSync(join(dataDir, 'docker-volume'), 'a volume');
    expect(order(undefined, dataDir)).toEqual(['docker', 'jvm']);
    mkdirSync(join(dataDir, 'log'));
    expect(order(undefined, dataDir)).toEqual(['jvm', 'docker']);
    expect(order('docker', dataDir)).toEqual(['docker']);
    rmSync(dataDir, { recursive: true });
  });

  it('tries only the requested launcher', async () => {
    expect(await firstThatWorks(order('jvm', '/nonexistent'), quiet, name, both)).toBe('jvm');
    await expect(
      firstThatWorks(order('docker', '/nonexistent'), quiet, name, { ...both, docker: neither.docker }),
    ).rejects.toThrow('Kafka 4.3.1 cannot be started, because no Docker engine answers: start Docker, or');
  });

  it('reports the remedy if no launcher works', async () => {
    await expect(firstThatWorks(order(undefined, '/nonexistent'), quiet, name, neither)).rejects.toThrow(
      'Kafka 4.3.1 cannot be started, because there is no Java 17 or newer and no Docker engine answers: start Docker, or install Java 17 and Maven, or name running brokers in KAFKA_BROKERS.',
    );
  });

  it('reads the request from QUADRILLE_KAFKA, unless an option is set', () => {
    process.env.QUADRILLE_KAFKA = 'jvm';
    expect(demandedVia()).toBe('jvm');
    expect(demandedVia('docker')).toBe('docker');
  });

  it('selects the JVM if users are requested, and rejects launchers without users', () => {
    const sentence =
      'A Kafka with users, or of several brokers, is started on a JVM of this machine only: unset QUADRILLE_KAFKA and KAFKA_BROKERS.';
    expect(demandJvm()).toBe('jvm');
    expect(() => demandJvm('docker')).toThrow(sentence);
    process.env.KAFKA_BROKERS = 'one:9000';
    expect(() => demandJvm()).toThrow(sentence);
    expect(demandJvm('jvm')).toBe('jvm');
  });

  it('rejects users for data created without them', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-choice-'));
    mkdirSync(join(dataDir, 'log'));
    await expect(startKafka({ dataDir, users: ['me'] })).rejects.toThrow(
      'The data of this Kafka were made without users: start it without them, or remove the data first (--fresh)',
    );
    rmSync(dataDir, { recursive: true });
  });

  it('rejects an unknown launcher', () => {
    process.env.QUADRILLE_KAFKA = 'podman';
    expect(() => demandedVia()).toThrow('QUADRILLE_KAFKA is podman, but can only be brokers, docker or jvm.');
  });

  it('reports a missing KAFKA_BROKERS if it is requested', () => {
    expect(() => namedBrokers('brokers')).toThrow('KAFKA_BROKERS, which is not set');
  });
});
