import { describe, expect, it } from '@jest/globals';
import { eventsOf } from '@quadrille/choreography';
import { PUBLISHERS, SAGA_SERVICES, SERVICES, services, variableOf, WITH_DATABASE } from './services.js';
import { shop } from './shop.js';

describe('the list of services', () => {
  it('has every service of the table', () => {
    expect([...new Set(Object.values(shop).map(({ service }) => service))].sort()).toEqual([...SAGA_SERVICES].sort());
  });

  it('assigns each a unique port', () => {
    const ports = SERVICES.map((name) => services[name].port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('lists the publishers, the services with a database, and the external service', () => {
    expect(new Set(PUBLISHERS)).toEqual(new Set(eventsOf(shop).map(({ service }) => service)));
    expect(SERVICES.filter((name) => !WITH_DATABASE.includes(name))).toEqual(['payment-provider']);
  });

  it('names the environment variables of a service', () => {
    expect(variableOf('payment-provider', 'URL')).toBe('PAYMENT_PROVIDER_URL');
  });
});
