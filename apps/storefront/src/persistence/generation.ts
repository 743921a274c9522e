import { groupOf, type Tx } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { takeTurn } from './turn.js';

const FIRST_GENERATION = 1;

/** The consumer group of the read model's generation. A new group reads every topic from its first record. */
export async function groupOfGeneration(tx: Tx): Promise<string> {
  const { rows } = await tx.query<{ number: number }>('select number from generation');
  const { number } = rows[0]!;
  const group = groupOf(checkout.system, 'storefront');
  return number === FIRST_GENERATION ? group : `${group}.${number}`;
}

/** Deletes the read model and starts the next generation, in the caller's transaction; returns its number. */
export async function beginAnew(tx: Tx): Promise<number> {
  await takeTurn(tx);
  await tx.query('truncate saga_events, sagas, notices, unreadable_records');
  const { rows } = await tx.query<{ number: number }>(
    'update generation set number = number + 1, life = gen_random_uuid() returning number',
  );
  return rows[0]!.number;
}
