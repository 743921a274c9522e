import { beforeEach, describe, expect, it } from '@jest/globals';
import { scenarioOf } from '../explore/scenario.js';
import { NoAnswer, type OrderResult, Refusal } from '../protocol.js';
import { Intake } from './intake.js';

const [ORDER] = scenarioOf(1, 1).requests;
const COMPLETED: OrderResult = { orderId: ORDER!.orderId, status: 'COMPLETED' };

describe('the intake of a coordinator', () => {
  let carried: number;
  let outcome: () => Promise<OrderResult>;
  let intake: Intake;
  beforeEach(() => {
    carried = 0;
    outcome = async () => COMPLETED;
    intake = new Intake(() => {
      carried++;
      return outcome();
    });
  });
  const place = (body: unknown) => intake.place(body, {});
  const codeOf = ({ status, body }: { status: number; body: any }) => [status, body.code];
  const underWay = () => {
    let end = (_: OrderResult) => {};
    outcome = () => new Promise((resolve) => (end = resolve));
    return { answer: place(ORDER), end: () => end(COMPLETED) };
  };

  it('answers a repeated order with its first answer, and carries it once', async () => {
    expect(await place(ORDER)).toEqual({ status: 202, body: COMPLETED });
    expect(await place(ORDER)).toEqual({ status: 202, body: COMPLETED });
    expect(carried).toBe(1);
  });

  it('refuses another order with the same id', async () => {
    await place(ORDER);
    expect(codeOf(await place({ ...ORDER, items: [{ sku: 'MUG', quantity: 1 }] }))).toEqual([422, 'other-order']);
  });

  it('refuses an order that is under way, and then answers it', async () => {
    const { answer, end } = underWay();
    expect(codeOf(await place(ORDER))).toEqual([409, 'under-way']);
    end();
    expect(await answer).toEqual(await place(ORDER));
  });

  it('carries an order again of which the outcome is unknown', async () => {
    outcome = () => Promise.reject(new NoAnswer('order: place'));
    expect(codeOf(await place(ORDER))).toEqual([503, 'no-answer']);
    outcome = async () => COMPLETED;
    expect((await place(ORDER)).status).toBe(202);
  });

  it('refuses new orders while it drains, and ends once the last one is answered', async () => {
    const { answer, end } = underWay();
    let isDrained = false;
    const drained = intake.drain().then(() => {
      isDrained = true;
    });
    expect(codeOf(await place({ ...ORDER, orderId: scenarioOf(2, 1).requests[1]!.orderId }))).toEqual([
      503,
      'draining',
    ]);
    expect(isDrained).toBe(false);
    end();
    await Promise.all([answer, drained]);
  });

  it.each([
    ['no items', { ...ORDER, items: [] }],
    ['5,001 lines', { ...ORDER, items: Array.from({ length: 5_001 }, (_, at) => ({ sku: `S${at}`, quantity: 1 })) }],
    ['an id that is no UUID', { ...ORDER, orderId: 'x' }],
    ['nothing', null],
  ])('refuses an order with %s', async (_, body) => {
    expect(codeOf(await place(body))).toEqual([422, 'invalid-order']);
    expect(carried).toBe(0);
  });

  it('refuses an order that the order service rejects', async () => {
    outcome = () => Promise.reject(new Refusal('unknown-sku'));
    expect(codeOf(await place(ORDER))).toEqual([422, 'unknown-sku']);
  });
});
