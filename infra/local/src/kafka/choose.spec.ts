import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseWay } from './choose.js';
import type { Way } from './way.js';

const way = (how: string): Way => ({ how, launch: () => Promise.reject(new Error('not here')), ended: async () => {} });
const quiet = () => {};

describe('the choice of a Kafka', () => {
  const { KAFKA_BROKERS, QUADRILLE_KAFKA } = process.env;
  beforeEach(() => {
    delete process.env.KAFKA_BROKERS;
    delete process.env.QUADRILLE_KAFKA;
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({ KAFKA_BROKERS, QUADRILLE_KAFKA })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const both = { docker: async () => way('docker'), jvm: async () => way('jvm') };
  const neither = { docker: async () => 'no Docker engine answers', jvm: async () => 'there is no Java 17 or newer' };

  it('falls on the brokers that are named, with the usual port', async () => {
    process.env.KAFKA_BROKERS = 'one:9000, two';
    expect(await chooseWay(undefined, quiet, both)).toEqual({ brokers: ['one:9000', 'two:9092'] });
  });

  it('falls on Docker before the JVM', async () => {
    expect(await chooseWay(undefined, quiet, both)).toMatchObject({ how: 'docker' });
    expect(await chooseWay(undefined, quiet, { ...both, docker: neither.docker })).toMatchObject({ how: 'jvm' });
  });

  it('falls on what is demanded', async () => {
    process.env.QUADRILLE_KAFKA = 'jvm';
    expect(await chooseWay(undefined, quiet, both)).toMatchObject({ how: 'jvm' });
    expect(await chooseWay('docker', quiet, both)).toMatchObject({ how: 'docker' });
  });

  it('does not look further than what is demanded', async () => {
    await expect(chooseWay('docker', quiet, { ...both, docker: neither.docker })).rejects.toThrow('no Docker engine');
  });

  it('says what to do where nothing works', async () => {
    await expect(chooseWay(undefined, quiet, neither)).rejects.toThrow(
      'Kafka 4.3.1 cannot be started, because no Docker engine answers and there is no Java 17 or newer: start Docker, or install Java 17 and Maven, or name running brokers in KAFKA_BROKERS.',
    );
  });

  it('refuses a way that it does not know', async () => {
    process.env.QUADRILLE_KAFKA = 'podman';
    await expect(chooseWay(undefined, quiet, both)).rejects.toThrow(
      'QUADRILLE_KAFKA is podman, but can only be brokers, docker or jvm.',
    );
  });

  it('says that KAFKA_BROKERS is missing when it is demanded', async () => {
    await expect(chooseWay('brokers', quiet, both)).rejects.toThrow('KAFKA_BROKERS, which is not set');
  });
});
