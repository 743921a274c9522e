import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * CPU, memory, event loop and garbage collection of this process under prom-client's names (`process_…`, `nodejs_…`); one
 * registry per process.
 */
export function processMetrics(service: string): Registry {
  if (!registry) {
    registry = new Registry();
    registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
