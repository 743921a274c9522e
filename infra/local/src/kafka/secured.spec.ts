import { expect, it } from '@jest/globals';
import { securedSettings } from './secured.js';

it('a second way into a broker with users demands a login as well', () => {
  const settings = securedSettings(1, 2, 3, { port: 4, advertisedPort: 5 });
  expect(settings.listeners).toBe(
    'CLIENT://127.0.0.1:1,INTERNAL://127.0.0.1:2,CONTROLLER://127.0.0.1:3,SIDE://127.0.0.1:4',
  );
  expect(settings['advertised.listeners']).toMatch(/,SIDE:\/\/127\.0\.0\.1:5$/);
  expect(settings['listener.security.protocol.map']).toMatch(/,SIDE:SASL_SSL$/);
  for (const mechanism of ['scram-sha-512', 'scram-sha-256'])
    expect(settings).toHaveProperty([`listener.name.side.${mechanism}.sasl.jaas.config`]);
  expect(Object.keys(securedSettings(1, 2, 3)).filter((name) => /side/.test(name))).toEqual([]);
});
