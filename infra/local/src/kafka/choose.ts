import { dockerWay } from './docker.js';
import { jvmWay } from './jvm.js';
import { KAFKA_VERSION, type Progress, type Way, type WayOrReason } from './way.js';

type Via = 'brokers' | 'docker' | 'jvm';
/** What there is to try, in the order in which it is tried. */
type Ways = Record<'docker' | 'jvm', (onProgress: Progress) => Promise<WayOrReason>>;

/** The way that `via` or QUADRILLE_KAFKA demands, or else the first that works: KAFKA_BROKERS, Docker, a JVM. */
export async function chooseWay(
  via: Via | undefined,
  onProgress: Progress,
  ways: Ways = { docker: dockerWay, jvm: jvmWay },
): Promise<Way | { brokers: string[] }> {
  const demanded = via ?? fromEnvironment();
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').filter((broker) => broker.trim() !== '');
  if (demanded === 'brokers' && brokers.length === 0)
    throw new Error('Kafka should be that of KAFKA_BROKERS, which is not set.');
  if (demanded === 'brokers' || (!demanded && brokers.length > 0)) return { brokers: brokers.map(withPort) };
  const reasons: string[] = [];
  for (const [name, way] of Object.entries(ways)) {
    if (demanded && demanded !== name) continue;
    const found = await way(onProgress);
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  throw new Error(
    `Kafka ${KAFKA_VERSION} cannot be started, because ${reasons.join(' and ')}: start Docker, or install Java 17 and Maven, or name running brokers in KAFKA_BROKERS.`,
  );
}

function fromEnvironment(): Via | undefined {
  const value = process.env.QUADRILLE_KAFKA;
  if (!value) return undefined;
  if (value === 'brokers' || value === 'docker' || value === 'jvm') return value;
  throw new Error(`QUADRILLE_KAFKA is ${value}, but can only be brokers, docker or jvm.`);
}

const withPort = (broker: string): string => (/:\d+$/.test(broker.trim()) ? broker.trim() : `${broker.trim()}:9092`);
