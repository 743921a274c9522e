import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { KAFKA_VERSION } from './launcher.js';
import { brokerSettings } from './settings.js';

const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
/** They name addresses and folders of the one broker. */
const ITS_OWN = ['listeners', 'advertised.listeners', 'controller.quorum.voters', 'log.dirs'];

describe('the broker of docker-compose.yml', () => {
  const compose = read('docker-compose.yml');
  const settings = Object.entries(brokerSettings(9092, 9093, '0.0.0.0', '/data'));

  it.each(settings.filter(([name]) => !ITS_OWN.includes(name)))('has the %s of npm start', (name, value) => {
    const variable = `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`;
    expect(new RegExp(`^ +${variable}: '?([^'\\n]+)'?$`, 'm').exec(compose)?.[1]).toBe(value);
  });

  it('is of the version that Maven fetches', () => {
    expect(compose).toContain(`image: apache/kafka:${KAFKA_VERSION}\n`);
    expect(read('infra/kafka/pom.xml')).toContain(`<version>${KAFKA_VERSION}</version>`);
  });
});
