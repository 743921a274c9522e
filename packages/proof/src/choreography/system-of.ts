import type {
  Choreography,
  ExploreCommand,
  ExploreScenario,
  QuadrilleConfig,
  Row,
  ServiceSteps,
} from '@quadrille/choreography';
import type { Assumptions, Call, GatewayParty, System } from '../explore/system.js';
import { Unusable } from './unusable.js';

/** Builds the system to explore from a scenario. Throws {@link Unusable} with the correction. */
export function systemOf(
  { choreography }: QuadrilleConfig,
  parts: readonly ServiceSteps[],
  scenario: ExploreScenario,
  assumptions: Assumptions,
): System {
  const calls = scenario.commands.map((command) => callOf(choreography, scenario, command));
  return {
    naming: choreography,
    rows: choreography.rows,
    parts,
    keys: [...new Set(calls.map(({ key }) => key))],
    calls,
    past: [],
    given: scenario.given ?? [],
    gateways: simulatedParties(parts, scenario),
    assumptions,
  };
}

/** Checks a command of a scenario. Throws {@link Unusable} with the correction. */
export function callOf({ rows }: Choreography, { name }: ExploreScenario, { step, data }: ExploreCommand): Call {
  const row: Row | undefined = rows[step];
  if (!row || !('kind' in row.handles) || row.handles.kind !== 'command') {
    const known = Object.keys(rows).filter((each) => isCommand(rows[each]!));
    throw new Unusable(`The scenario '${name}' sends '${step}', which is no command; there is ${known.join(', ')}.`);
  }
  const parsed = row.handles.schema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
    throw new Unusable(
      `The data of '${step}' in the scenario '${name}' violates the command's schema: ${at}${issue!.message}.`,
    );
  }
  const field = row.emits[0]?.key ?? '';
  const key = parsed.data[field];
  if (typeof key !== 'string' || key === '') {
    throw new Unusable(
      `The data of '${step}' in the scenario '${name}' needs '${field}', the key of the events of the step.`,
    );
  }
  return { step, key, input: parsed.data };
}

const isCommand = ({ handles }: Row): boolean => 'kind' in handles && handles.kind === 'command';

/** Stateless gateways: the time and number of calls make no difference. */
function simulatedParties(parts: readonly ServiceSteps[], { name, gateways = {} }: ExploreScenario): GatewayParty[] {
  return parts.flatMap(({ service, steps }): GatewayParty[] => {
    const calling = steps.find(({ call }) => call);
    if (!calling) return [];
    if (!(service in gateways)) {
      throw new Unusable(
        `The step '${calling.name}' calls a gateway: add gateways: { ${service}: … } to the scenario '${name}'.`,
      );
    }
    const open = () => ({ ports: gateways[service], state: () => null, wasCalled: () => true });
    return [{ service, name: service, remembers: false, initial: () => null, open }];
  });
}
