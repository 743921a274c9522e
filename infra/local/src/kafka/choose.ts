import { BROKERS_EXPECTED, brokersIn } from '@quadrille/kafka/addresses';
import { dockerLauncher, hasDockerData } from './docker.js';
import { hasJvmData, jvmLauncher } from './jvm.js';

export { hasJvmData };

import { KAFKA_VERSION, type Launcher, type LauncherOrReason, type Progress } from './launcher.js';

/** The sources of a Kafka. brokers: those of KAFKA_BROKERS. docker: a container. jvm: a process. */
export type KafkaVia = 'brokers' | 'docker' | 'jvm';

/** The launchers to try, in this order. */
type Ways = Record<'docker' | 'jvm', (onProgress: Progress) => Promise<LauncherOrReason>>;

/** The requested source, by an option or by QUADRILLE_KAFKA; undefined if any is acceptable. */
export function demandedVia(via?: KafkaVia): KafkaVia | undefined {
  const value = via ?? process.env.QUADRILLE_KAFKA;
  if (!value) return undefined;
  if (value === 'brokers' || value === 'docker' || value === 'jvm') return value;
  throw new Error(`QUADRILLE_KAFKA is ${value}, but can only be brokers, docker or jvm.`);
}

/** Only a JVM supports a broker with users, because its data are created with them. Throws if another source is requested. */
export function demandJvm(via?: KafkaVia): KafkaVia {
  const other = demandedVia(via) ?? (process.env.KAFKA_BROKERS ? 'brokers' : 'jvm');
  if (other === 'jvm') return 'jvm';
  throw new Error(
    'A Kafka with users, or of several brokers, is started on a JVM of this machine only: unset QUADRILLE_KAFKA and KAFKA_BROKERS. For brokers of your own see docs/how-to/secure-the-cluster.md.',
  );
}

/** The brokers of KAFKA_BROKERS, if they are requested or no other source is; undefined: start one. */
export function namedBrokers(demanded: KafkaVia | undefined): string[] | undefined {
  if (demanded && demanded !== 'brokers') return undefined;
  const named = process.env.KAFKA_BROKERS ?? '';
  const brokers = brokersIn(named);
  if (!brokers) throw new Error(`KAFKA_BROKERS is ${JSON.stringify(named)}; expected ${BROKERS_EXPECTED}.`);
  if (demanded === 'brokers' && brokers.length === 0) {
    throw new Error('Kafka should be that of KAFKA_BROKERS, which is not set.');
  }
  return brokers.length > 0 ? brokers : undefined;
}

/**
 * The launchers to try: the requested one, or a JVM and then Docker; but Docker first if only a container has data in dataDir. A JVM
 * with an archive of its classes is ready after a second, the official image after six.
 */
export function order(demanded: KafkaVia | undefined, dataDir: string): (keyof Ways)[] {
  if (demanded && demanded !== 'brokers') return [demanded];
  return hasDockerData(dataDir) && !hasJvmData(dataDir) ? ['docker', 'jvm'] : ['jvm', 'docker'];
}

/** Starts a broker with the first launcher that works. */
export async function firstThatWorks<T>(
  names: (keyof Ways)[],
  onProgress: Progress,
  start: (way: Launcher) => Promise<T>,
  ways: Ways = { docker: dockerLauncher, jvm: jvmLauncher },
): Promise<T> {
  const reasons: string[] = [];
  for (const name of names) {
    const way = await ways[name](onProgress);
    if (typeof way === 'string') {
      reasons.push(way);
      continue;
    }
    try {
      return await start(way);
    } catch (error) {
      const reason = `${way.how} does not start (${(error as Error).message})`;
      onProgress(reason);
      reasons.push(reason);
    }
  }
  throw new Error(
    `Kafka ${KAFKA_VERSION} cannot be started, because ${reasons.join(' and ')}: start Docker, or install Java 17 and Maven, or name running brokers in KAFKA_BROKERS.`,
  );
}
