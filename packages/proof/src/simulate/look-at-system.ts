import { cloudEventType, type DomainEvent, eventsOf, type Ref } from '@quadrille/choreography';
import type { Callers } from './callers.js';
import type { SimulationLook } from './model.js';
import type { SimulatedSystem } from './simulated-system.js';

/** A view of the stored states and the published events of a simulated system. */
export function lookAt(system: SimulatedSystem, callers: Callers): SimulationLook {
  const names = new Map(eventsOf(system.model.rows).map((event) => [cloudEventType(event), event.name]));
  return {
    state<State>(ref: Ref<State>): State {
      const owner = system.databases.find(({ tables }) => tables.states.has(ref.aggregate.name));
      return (owner ?? system.databases[0]!).state(ref);
    },
    stateAt: <State>(party: string, reference: string) => system.parties.stateOf(party, reference) as State,
    eventsOf(key) {
      const events = new Map<string, DomainEvent>();
      for (const { headers, value } of system.broker.recordsAbout(key)) {
        const name = names.get(headers.ce_type ?? '');
        if (name === undefined || value === null || events.has(headers.ce_id!)) continue;
        events.set(headers.ce_id!, { type: name, data: JSON.parse(String(value)) } as DomainEvent);
      }
      return [...events.values()];
    },
    isRefused: (key) => callers.refused.has(key),
  };
}
