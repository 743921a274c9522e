import { describe, expect, it } from '@jest/globals';
import type { FaultName } from '../snapshot.js';
import { AllFaults } from './all-faults.js';
import { ready, type Switches, unavailable } from './switches.js';

/** Switches that keep their state, and tell what was set. */
function kind(faults: readonly FaultName[], on: readonly [FaultName, string | null][], refusing = false) {
  const told: string[] = [];
  const switches: Switches = {
    faults,
    look: async () => on.map(([fault, target]) => ready(fault, target, true)),
    set: async (fault, target, to) => {
      if (refusing) throw new Error(`${target} does not answer`);
      told.push(`${fault} ${target} ${to}`);
    },
  };
  return { told, switches };
}

describe('all faults', () => {
  it('are set by whoever has them', async () => {
    const provider = kind(['declined-cards'], []);
    const relay = kind(['paused-relay'], []);
    await new AllFaults([provider.switches, relay.switches]).set('paused-relay', 'order', true);
    expect([provider.told, relay.told]).toEqual([[], ['paused-relay order true']]);
  });

  it('are lifted one by one, services that are stopped first, and one that cannot be keeps no other on', async () => {
    const relay = kind(['paused-relay'], [['paused-relay', 'order']], true);
    const all = kind(
      ['declined-cards', 'stopped-service'],
      [
        ['declined-cards', null],
        ['stopped-service', 'payment'],
      ],
    );
    expect(await new AllFaults([relay.switches, all.switches]).lift()).toEqual(['order does not answer']);
    expect(all.told).toEqual(['stopped-service payment false', 'declined-cards null false']);
  });

  it('leave alone what cannot be switched here', async () => {
    const told: string[] = [];
    const away: Switches = {
      faults: ['stopped-service'],
      look: async () => [unavailable('stopped-service', 'payment', 'nobody supervises')],
      set: async () => void told.push('set'),
    };
    expect(await new AllFaults([away]).lift()).toEqual([]);
    expect(told).toEqual([]);
  });
});
