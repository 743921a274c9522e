import { describe, expect, it } from '@jest/globals';
import { Problem } from '@quadrille/nest';
import type { FaultName } from '../snapshot.js';
import { AllFaults } from './all-faults.js';
import { ready, type Switches, unavailable } from './switches.js';

/** Switches that store their state, and record each setting. */
function kind(faults: readonly FaultName[], on: readonly [FaultName, string | null][], refusing = false) {
  const requests: string[] = [];
  const switches: Switches = {
    faults,
    look: async () => on.map(([fault, target]) => ready(fault, target, true)),
    set: async (fault, target, to) => {
      if (refusing) throw new Problem(409, 'not-switched', `${target} refused`);
      requests.push(`${fault} ${target} ${to}`);
    },
  };
  return { requests, switches };
}

describe('all faults', () => {
  it('are set in the component that has them', async () => {
    const provider = kind(['declined-cards'], []);
    const relay = kind(['paused-relay'], []);
    await new AllFaults([provider.switches, relay.switches]).set('paused-relay', 'order', true);
    expect([provider.requests, relay.requests]).toEqual([[], ['paused-relay order true']]);
  });

  it('are lifted one by one, stopped services first; a refusal does not prevent the others', async () => {
    const relay = kind(['paused-relay'], [['paused-relay', 'order']], true);
    const all = kind(
      ['declined-cards', 'stopped-service'],
      [
        ['declined-cards', null],
        ['stopped-service', 'payment'],
      ],
    );
    const lifted = await new AllFaults([relay.switches, all.switches]).lift();
    expect(lifted).toEqual({ later: [], failures: ['order refused'] });
    expect(all.requests).toEqual(['stopped-service payment false', 'declined-cards null false']);
  });

  it('are not lifted if they cannot be switched here', async () => {
    const requests: string[] = [];
    const away: Switches = {
      faults: ['stopped-service'],
      look: async () => [unavailable('stopped-service', 'payment', 'no supervisor runs')],
      set: async () => void requests.push('set'),
    };
    expect(await new AllFaults([away]).lift()).toEqual({ later: [], failures: [] });
    expect(requests).toEqual([]);
  });

  describe('of a service without a response', () => {
    /** A relay in a service that responds or does not. */
    function relayOf(service: string) {
      const state = { answers: true, paused: false };
      const why = `${service} does not respond.`;
      const switches: Switches = {
        faults: ['paused-relay'],
        look: async () => [
          state.answers ? ready('paused-relay', service, state.paused) : unavailable('paused-relay', service, why),
        ],
        set: async (_fault, _target, to) => {
          if (!state.answers) throw new Problem(503, 'not-switched', why);
          state.paused = to;
        },
      };
      return { state, switches };
    }
    const SOON_MS = 5;
    const until = async (seen: () => boolean) => {
      while (!seen()) await new Promise((resolve) => setTimeout(resolve, SOON_MS));
    };

    it('are shown in their last known state', async () => {
      const { state, switches } = relayOf('order');
      const faults = new AllFaults([switches], SOON_MS);
      await faults.set('paused-relay', 'order', true);
      await faults.look();
      state.answers = false;
      expect(await faults.look()).toMatchObject([
        { on: true, recoveryPending: false, unavailable: 'order does not respond.' },
      ]);
    });

    it('are lifted once it responds, and reported as pending until then', async () => {
      const { state, switches } = relayOf('order');
      const faults = new AllFaults([switches], SOON_MS);
      await faults.set('paused-relay', 'order', true);
      state.answers = false;
      expect(await faults.lift()).toEqual({ later: ['order does not respond.'], failures: [] });
      expect(await faults.look()).toMatchObject([{ on: true, recoveryPending: true }]);
      state.answers = true;
      await until(() => !state.paused);
      expect(await faults.look()).toMatchObject([{ on: false, recoveryPending: false }]);
    });

    it('are lifted after the same lift has restarted the service', async () => {
      const { state, switches } = relayOf('order');
      const running: Switches = {
        faults: ['stopped-service'],
        look: async () => [ready('stopped-service', 'order', !state.answers)],
        set: async (_fault, _target, stopped) => {
          state.answers = !stopped;
        },
      };
      const faults = new AllFaults([switches, running], SOON_MS);
      await faults.set('paused-relay', 'order', true);
      await faults.set('stopped-service', 'order', true);
      expect((await faults.lift()).failures).toEqual([]);
      await until(() => state.answers && !state.paused);
      expect((await faults.look()).filter(({ on, recoveryPending }) => on || recoveryPending)).toEqual([]);
    });

    it('are no longer pending after an operator switched one on again', async () => {
      const { state, switches } = relayOf('order');
      const faults = new AllFaults([switches], SOON_MS);
      await faults.set('paused-relay', 'order', true);
      state.answers = false;
      await faults.lift();
      state.answers = true;
      await faults.set('paused-relay', 'order', true);
      expect(await faults.look()).toMatchObject([{ on: true, recoveryPending: false }]);
      faults.rest();
    });
  });
});
