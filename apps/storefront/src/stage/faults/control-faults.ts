import { eventsHandledBy, eventsOf, type Rows, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { Problem } from '@quadrille/nest';
import { bodyOf, look } from '../requests.js';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import type { TokenSource } from '../stage-operator.js';
import { demand } from './demand.js';
import { ready, type Switches, unavailable } from './switches.js';

/** The response of `GET /control` of a service. */
interface ControlState {
  readonly pausedTopics: readonly string[];
  readonly relayPaused: boolean;
  readonly failingSteps: readonly string[];
}

const rows: Rows = checkout.rows;
const speaking = new Set(eventsOf(rows).map(({ service }) => service));
/** Steps that handle events, so that their failure waits for an operator. */
const consuming = Object.entries(rows).filter(([, row]) => eventsHandledBy(row).length > 0);

/** Faults within the services: a paused relay, a paused consumer, a step with a bug. */
export class ControlFaults implements Switches {
  readonly faults = ['paused-relay', 'paused-consumer', 'failing-step'] as const;

  constructor(
    private readonly urls: Readonly<Record<string, string>>,
    private readonly token: TokenSource = () => undefined,
  ) {}

  async look(): Promise<FaultSwitch[]> {
    const each = await Promise.all(
      Object.entries(this.urls).map(async ([service, url]) => {
        const state = bodyOf(await look(`${url}/control`, this.token())) as ControlState | undefined;
        return switchesOf(service, state);
      }),
    );
    return each.flat();
  }

  async set(fault: FaultName, target: string | null, on: boolean): Promise<void> {
    const step = fault === 'failing-step' ? rows[target ?? ''] : undefined;
    const service = step ? step.service : target;
    const url = this.urls[service ?? ''];
    if (!service || !url) throw new Problem(422, 'unknown-target', `There is no ${target ?? 'target'} to switch.`);
    const put = (path: string, body: object) => demand(service, 'PUT', `${url}/control/${path}`, body, this.token());
    if (fault === 'paused-relay') return put('relay', { paused: on });
    if (fault === 'paused-consumer') {
      return put('paused-topics', { topics: on ? topicsConsumedBy(checkout, shop, service) : [] });
    }
    const { failingSteps = [] } = (bodyOf(await look(`${url}/control`, this.token())) ?? {}) as Partial<ControlState>;
    const others = failingSteps.filter((each) => each !== target);
    return put('failing-steps', { steps: on ? [...others, target] : others });
  }
}

/** The switches of one service, from its response. */
export function switchesOf(service: string, state: ControlState | undefined): FaultSwitch[] {
  const steps = consuming.filter(([, row]) => row.service === service).map(([step]) => step);
  const of = (fault: FaultName, target: string, on: (state: ControlState) => boolean): FaultSwitch =>
    state ? ready(fault, target, on(state)) : unavailable(fault, target, `${service} does not respond.`);
  return [
    ...(speaking.has(service) ? [of('paused-relay', service, ({ relayPaused }) => relayPaused)] : []),
    of('paused-consumer', service, ({ pausedTopics }) => pausedTopics.length > 0),
    ...steps.map((step) => of('failing-step', step, ({ failingSteps }) => failingSteps.includes(step))),
  ];
}
