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
  // Contains a character that PostgreSQL cannot read back from JSON.
  const strange = { ...asked('green', 1), value: '{"pot":"green","cups":1,"note":"\\u0000 \\ud83d"}' };
  await kettle.runner(pool).takeRecords([strange, asked('green', 2)]);
});

describe('the error of an impossible operator action', () => {
  it('states that the dead letter does not exist', async () => {
    const refusal = { status: 404, detail: 'There is no dead letter 999999.' };
    await expect(letters.show('999999')).rejects.toMatchObject(refusal);
    await expect(letters.redrive('999999', ADA)).rejects.toMatchObject(refusal);
    await expect(letters.discard('999999', ADA)).rejects.toMatchObject(refusal);
  });

  it('names the operator that discarded it', async () => {
    const [id] = await idsOf();
    await letters.discard(id!, ADA);
    const detail = expect.stringMatching(
      new RegExp(`^Dead letter ${id} is gone: discarded by ada at \\S+Z \\(sent by a test\\)\\.$`),
    );
    await expect(letters.discard(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
    await expect(letters.redrive(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
  });

  it('names the operator that redrove it, and states that it was processed', async () => {
    const [id] = await idsOf();
    await letters.redrive(id!, ADA);
    await letters.redrive(id!, ADA);
    await kettle.rows('delete from parked where id = $1', [id]);
    const detail = expect.stringMatching(
      new RegExp(`^Dead letter ${id} is gone: redriven by ada at \\S+Z \\(sent by a test\\), and processed since\\.$`),
    );
    await expect(letters.redrive(id!, ADA)).rejects.toMatchObject({ status: 404, detail });
  });

  it('states that it waits behind another, which needs a decision first', async () => {
    const [, behind] = await idsOf();
    const detail = expect.stringContaining('The message waits behind an earlier one of green');
    await expect(letters.redrive(behind!, ADA)).rejects.toMatchObject({ status: 409, detail });
  });
});
