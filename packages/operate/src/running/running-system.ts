import type { QuadrilleConfig, RunningEndpoints, Wire } from '@quadrille/choreography';
import { BROKERS_EXPECTED, brokersIn } from '@quadrille/kafka/addresses';
import { type Security, SecurityProblem, securityFrom } from '@quadrille/kafka/security';
import { Refusal } from '../terminal/acting.js';

/** The addresses of a configuration's running system. */
export interface RunningSystem {
  readonly brokers: readonly string[];
  readonly security?: Security;
  /** Connection URLs, by service. */
  readonly databases: Readonly<Record<string, string>>;
  readonly wire?: Wire;
}

/**
 * `KAFKA_BROKERS` overrides the file; TLS and logins come from the `KAFKA_…` variables. Throws a {@link Refusal} with the setting
 * to add.
 */
export function runningSystemOf(config: QuadrilleConfig, env: NodeJS.ProcessEnv): RunningSystem {
  const running = endpointsOf(config);
  const named = env.KAFKA_BROKERS || running?.brokers.join();
  const brokers = named ? brokersIn(named) : undefined;
  if (!named) {
    throw new Refusal(
      "The address of the system is unknown: set KAFKA_BROKERS, or add running: () => ({ brokers: ['127.0.0.1:9092'], databases: { … } }) to the configuration file.",
    );
  }
  if (!brokers) throw new Refusal(`The brokers are ${JSON.stringify(named)}; expected ${BROKERS_EXPECTED}.`);
  try {
    const security = securityFrom(env, brokers);
    const { wire } = config;
    return { brokers, databases: running?.databases ?? {}, ...(security && { security }), ...(wire && { wire }) };
  } catch (error) {
    throw error instanceof SecurityProblem ? new Refusal(error.message) : error;
  }
}

function endpointsOf({ running }: QuadrilleConfig): RunningEndpoints | undefined {
  try {
    return running?.();
  } catch (error) {
    throw new Refusal(`running of the configuration file fails: ${(error as Error).message}`);
  }
}
