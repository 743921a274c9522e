import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres } from '@quadrille/local';
import { asked } from '../kettle.fixture.js';
import { RealKettle } from '../real-kettle.fixture.js';
import { DeadLetters } from './dead-letters.js';

let kettle: RealKettle;
let letters: DeadLetters;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());

const ADA = { by: 'ada', reason: 'sent by a test' };
const idsOf = async () => (await kettle.rows<{ id: string }>('select id from parked order by id')).map(({ id }) => id);

beforeEach(async () => {
  await kettle.fresh();
  const pool = kettle.pool();
  letters = new DeadLetters(pool, { info() {} });
  kettle.world.decidable = () => {
    throw new Error('a bug');
  };
  // With what PostgreSQL cannot read back out of JSON.
  const strange = { ...asked('green', 1), value: '{"pot":"green","cups":1,"note":"\\u0000 \\ud83d"}' };
  await kettle.runner(pool).takeRecords([strange, asked('green', 2)]);
});

describe('an operator who is mistaken is told in one sentence', () => {
  it('that there is no such letter', async () => {
    const refusal = { status: 404, detail: 'There is no dead letter 999999.' };
    await expect(letters.show('999999')).rejects.toMatchObject(refusal);
    await expect(letters.redrive('999999', ADA)).rejects.toMatchObject(refusal);
    await expect(letters.discard('999999', ADA)).rejects.toMatchObject(refusal);
  });

  it('who has discarded it before', async () => {
    const [id] = await idsOf();
    await letters.discard(id!, ADA);
    const detail = expect.stringMatching(
      new RegExp(`^Dead letter ${id} is gone: discarded by ada at \\S+Z \\(sent by a test\\)\\.$`),
    );
    await expect(letters.discard(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
    await expect(letters.redrive(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
  });

  it('who has redriven it before, and that it was taken', async () => {
    const [id] = await idsOf();
    await letters.redrive(id!, ADA);
    await letters.redrive(id!, ADA);
    await kettle.rows('delete from parked where id = $1', [id]);
    const detail = expect.stringMatching(
      new RegExp(`^Dead letter ${id} is gone: redriven by ada at \\S+Z \\(sent by a test\\), and taken since\\.$`),
    );
    await expect(letters.redrive(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
  });

  it('that it waits behind another, which is to be decided first', async () => {
    const [, behind] = await idsOf();
    const detail = expect.stringContaining('It waits behind an earlier message of green');
    await expect(letters.redrive(behind!, ADA)).rejects.toMatchObject({ status: 409, detail });
  });
});
