import { topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics } from '@quadrille/kafka';

/** Each attempt is bounded in time; on a busy machine a fresh broker may need more than one. */
const ATTEMPTS = 4;

/** Makes every topic before the services start, which would all ask for them at the same time. */
export async function makeTopics(brokers: readonly string[], partitions: number): Promise<void> {
  const wanted = { topics: topicsOf(checkout.system, shop), partitions, replicationFactor: 1 };
  for (let attempt = 1; ; attempt++) {
    try {
      return await createTopics({ brokers: [...brokers], clientId: 'quadrille.bench', ...wanted });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
