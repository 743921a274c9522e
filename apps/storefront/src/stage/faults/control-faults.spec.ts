import { describe, expect, it } from '@jest/globals';
import { eventsOf } from '@quadrille/choreography';
import { checkout, SAGA_SERVICES } from '@quadrille/contracts';
import { switchesOf } from './control-faults.js';

const named = (service: string, state: Parameters<typeof switchesOf>[1]) =>
  switchesOf(service, state).map(({ fault, target, on, unavailable }) => [fault, target, on, unavailable !== null]);

describe('the switches of a service', () => {
  it('are its relay, its consumer and its steps that handle events', () => {
    const state = {
      pausedTopics: ['quadrille.payment.authorized'],
      relayPaused: false,
      failingSteps: ['commit-inventory'],
    };
    expect(named('inventory', state)).toEqual([
      ['paused-relay', 'inventory', false, false],
      ['paused-consumer', 'inventory', true, false],
      ['failing-step', 'reserve-inventory', false, false],
      ['failing-step', 'release-inventory', false, false],
      ['failing-step', 'commit-inventory', true, false],
    ]);
  });

  it.each(SAGA_SERVICES)('of %s include a relay only if it emits events', (service) => {
    const faults = named(service, { pausedTopics: [], relayPaused: false, failingSteps: [] }).map(([fault]) => fault);
    expect(faults.includes('paused-relay')).toBe(eventsOf(checkout.rows).some((event) => event.service === service));
  });

  it('cannot be used while the service does not respond', () => {
    expect(named('shipping', undefined).every(([, , on, away]) => on === false && away === true)).toBe(true);
  });
});
