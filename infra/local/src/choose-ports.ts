import { SERVICES, type ServiceName, services, variableOf } from '@quadrille/contracts';
import { demandFree, freePort } from './free-port.js';

/** A port for each service: any that is free, or the documented ones and what `ORDER_PORT` and the like say. Throws when one is taken. */
export async function choosePorts(how: 'usual' | 'free'): Promise<Record<ServiceName, number>> {
  const ports = {} as Record<ServiceName, number>;
  for (const name of SERVICES) {
    if (how === 'free') {
      ports[name] = await freePort();
      continue;
    }
    const variable = variableOf(name, 'PORT');
    const wanted = process.env[variable];
    ports[name] = wanted ? Number(wanted) : services[name].port;
    if (!Number.isInteger(ports[name]) || ports[name] < 1 || ports[name] > 65_535) {
      throw new Error(`${variable} is ${JSON.stringify(wanted)}; expected a port from 1 to 65535.`);
    }
    const other = SERVICES.find((each) => each !== name && ports[each] === ports[name]);
    if (other)
      throw new Error(
        `${other} and ${name} cannot both listen on port ${ports[name]}: choose another with ${variable}.`,
      );
    await demandFree(ports[name], name, variable);
  }
  return ports;
}
