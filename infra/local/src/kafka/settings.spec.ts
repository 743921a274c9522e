import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { KAFKA_VERSION } from './launcher.js';
import { brokerSettings } from './settings.js';

const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
/** Addresses and folders that are specific to one broker. */
const ITS_OWN = ['listeners', 'advertised.listeners', 'controller.quorum.voters', 'log.dirs'];

describe('the broker of docker-compose.yml', () => {
  const compose = read('docker-compose.yml');
  const settings = Object.entries(brokerSettings(9092, 9093, '0.0.0.0', '/data'));

  it.each(settings.filter(([name]) => !ITS_OWN.includes(name)))('has the same %s as npm start', (name, value) => {
    const variable = `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`;
    expect(new RegExp(`^ +${variable}: '?([^'\\n]+)'?$`, 'm').exec(compose)?.[1]).toBe(value);
  });

  it('has the version that Maven downloads', () => {
    expect(compose).toContain(`image: apache/kafka:${KAFKA_VERSION}\n`);
    expect(read('infra/kafka/pom.xml')).toContain(`<version>${KAFKA_VERSION}</version>`);
  });
});
