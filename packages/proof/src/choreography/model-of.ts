import {
  type Aggregate,
  cloudEventType,
  type ExploreScenario,
  eventsOf,
  type QuadrilleConfig,
  type ServiceSteps,
} from '@quadrille/choreography';
import type { SimulatedModel, SimulatedSaga } from '../simulate/model.js';
import type { Plan } from '../simulate/plan.js';
import { outcomesOf, promisesOf, sagaEventsOf } from './promises.js';
import { copiesOf, type SagaCopy, stringsIn } from './saga-copies.js';
import { simulatedGateways } from './simulated-gateways.js';
import { stepsOf } from './steps-of.js';
import { Unusable } from './unusable.js';

/** Maximum pause between two commands of one saga. */
const MOST_PAUSE_MS = 1_500;

/**
 * Builds the simulated model of a choreography: each seed takes one scenario, and every saga is a copy of it. Throws
 * {@link Unusable} with the correction.
 */
export function modelOf(config: QuadrilleConfig, seed: number): SimulatedModel {
  const { choreography, scenarios = [], promises = [] } = config;
  const parts = stepsOf(config, 'simulate');
  const scenario = scenarios[seed % scenarios.length];
  if (!scenario) {
    throw new Unusable(
      "simulate needs commands to run: add scenarios: [{ name: '…', commands: [{ step: '…', data: { … } }] }] to the configuration file.",
    );
  }
  const inSaga = sagaEventsOf(choreography);
  const gateways = simulatedGateways(parts, scenario);
  return {
    system: choreography.system,
    topics: choreography.topics,
    rows: choreography.rows,
    parts,
    aggregates: Object.fromEntries(parts.map((part) => [part.service, aggregatesOf(config, part)])),
    given: scenario.given ?? [],
    parties: gateways,
    provide() {},
    sagas: (plan) => sagasOf(config, scenario, plan),
    promises: (sagas) => [
      ...promises,
      ...promisesOf(
        choreography,
        sagas.map(({ key }) => key),
      ),
    ],
    ending(look, { key }) {
      const events = look.eventsOf(key).filter(({ type }) => inSaga.has(type));
      return events.length === 0 && look.isRefused(key) ? 'refused' : outcomesOf(choreography, events)[0];
    },
    onceTypes: new Set(
      eventsOf(choreography.rows).flatMap((each) => (inSaga.has(each.name) ? cloudEventType(each) : [])),
    ),
  };
}

function sagasOf(config: QuadrilleConfig, scenario: ExploreScenario, { orders }: Plan): SimulatedSaga[] {
  const copies = copiesOf(config, scenario, orders);
  const known = new Set(copies.flatMap(({ commands }) => stringsIn(commands)));
  return copies.map((copy) => ({ key: copy.key, act: actOf(copy), concerns: concernsOf(copy, known) }));
}

const actOf =
  ({ commands }: SagaCopy): SimulatedSaga['act'] =>
  async (caller) => {
    for (const [nth, { step, data }] of commands.entries()) {
      if (nth > 0) await caller.pause(caller.chance.between(0, MOST_PAUSE_MS));
      await caller.insist(step, data);
      if (nth === 0) caller.begun();
    }
  };

/** A saga is concerned by rows whose key is in its data, or in no saga's data: such a row may be shared by all. */
function concernsOf({ commands }: SagaCopy, known: ReadonlySet<string>): SimulatedSaga['concerns'] {
  const own = stringsIn(commands);
  return (key) => own.some((text) => key.includes(text)) || ![...known].some((text) => key.includes(text));
}

function aggregatesOf({ services = [] }: QuadrilleConfig, { service }: ServiceSteps): readonly Aggregate[] {
  const found = services.find((each) => ('service' in each ? each : each.steps).service === service);
  const stores = found && 'stores' in found ? found.stores : undefined;
  if (stores === undefined) {
    throw new Unusable(
      `simulate needs the stores of '${service}', in the order in which their rows are locked: use its definition in services, or add stores: [bindStore(…)] to it.`,
    );
  }
  return (typeof stores === 'function' ? stores({}) : stores).map(({ aggregate }) => aggregate);
}
