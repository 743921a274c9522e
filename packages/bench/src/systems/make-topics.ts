import { topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics } from '@quadrille/kafka';

/** Each attempt has a time limit; on a busy machine a new broker may need several. */
const ATTEMPTS = 4;

/** Creates every topic before the services start, which would otherwise create them concurrently. */
export async function makeTopics(brokers: readonly string[], partitions: number): Promise<void> {
  const wanted = { topics: topicsOf(checkout, shop), partitions, replicationFactor: 1 };
  for (let attempt = 1; ; attempt++) {
    try {
      return await createTopics({ brokers: [...brokers], clientId: 'quadrille.bench', ...wanted });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
