import {
  adminPortOf,
  type OptionalServiceName,
  optionalServices,
  SERVICES,
  type ServiceName,
  services,
  variableOf,
  WITH_DATABASE,
} from '@quadrille/contracts';
import { demandFree, freePort } from './free-port.js';

/** The ports of each service for its API and for operators. */
export interface Ports {
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Only for the services of the shop. */
  readonly adminPorts: Readonly<Partial<Record<ServiceName, number>>>;
  /** The ports of the requested optional services. */
  readonly optionalPorts: Readonly<Partial<Record<OptionalServiceName, number>>>;
}

/**
 * Chooses ports for each service: any free ones, or the documented ones with the overrides of `ORDER_PORT`, `ORDER_ADMIN_PORT` and so on.
 * Throws if one is in use.
 */
export async function choosePorts(
  how: 'usual' | 'free',
  optional: readonly OptionalServiceName[] = [],
): Promise<Ports> {
  const chosen = new Map<number, string>();
  const choose = async (name: string, variable: string, usual: number | undefined): Promise<number> => {
    const wanted = process.env[variable];
    if (how === 'free' || (!wanted && usual === undefined)) return freePort();
    const port = wanted ? Number(wanted) : usual!;
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variable} is ${JSON.stringify(wanted)}; expected a port from 1 to 65535.`);
    }
    const other = chosen.get(port);
    if (other) {
      throw new Error(`${other} and ${name} cannot both listen on port ${port}: choose another with ${variable}.`);
    }
    chosen.set(port, name);
    await demandFree(port, name, variable);
    return port;
  };
  const ports = {} as Record<ServiceName, number>;
  for (const name of SERVICES) ports[name] = await choose(name, variableOf(name, 'PORT'), services[name].port);
  const adminPorts: Partial<Record<ServiceName, number>> = {};
  for (const name of WITH_DATABASE) {
    // A service on another than its documented port may belong to a second system.
    const usual = ports[name] === services[name].port ? adminPortOf(name) : undefined;
    adminPorts[name] = await choose(`the operators' port of ${name}`, variableOf(name, 'ADMIN_PORT'), usual);
  }
  const optionalPorts: Partial<Record<OptionalServiceName, number>> = {};
  for (const name of optional) {
    optionalPorts[name] = await choose(name, variableOf(name, 'PORT'), optionalServices[name].port);
  }
  return { ports, adminPorts, optionalPorts };
}
