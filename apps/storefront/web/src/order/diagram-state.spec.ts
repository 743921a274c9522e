import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { diagramStateOf } from './diagram-state.js';
import type { Link } from './timeline.js';

const NO_FOLLOW_UPS = new Set<string>();

/** The links of a path; each is caused by the previous one. */
const linksOf = (path: readonly { step: string; event: { name: string } }[]): Link[] =>
  path.map(({ step, event }, at) => ({
    step,
    service: checkout.rows[step as keyof typeof checkout.rows].service,
    event: event.name,
    eventId: `e${at}`,
    at: new Date(at * 100).toISOString(),
    writtenAt: null,
    record: { topic: 't', partition: 0, offset: String(at) },
    headers: null,
    triggeredBy: at === 0 ? { request: 'POST /orders' } : { eventId: `e${at - 1}`, event: null, step: null },
    data: {},
  }));

const all = endings(checkout);
const completed = all.find(({ outcome, interrupt }) => outcome === 'COMPLETED' && !interrupt)!;
const failing = (event: string) => all.find(({ failure, interrupt }) => failure?.name === event && !interrupt)!;
const states = (links: readonly Link[], payload = NO_FOLLOW_UPS) =>
  Object.fromEntries(diagramStateOf(checkout, links, payload).nodes.map(({ step, state }) => [step, state]));

describe('the diagram', () => {
  it('shows the whole forward path in grey before the first event, with the first step next', () => {
    const { 'place-order': first, ...others } = states([]);
    expect(first).toBe('next');
    expect(new Set(Object.values(others))).toEqual(new Set(['expected']));
    expect(Object.keys(others)).toContain('commit-inventory');
  });

  it('lights emitted events and awaits the following step', () => {
    const after = states(linksOf(completed.path).slice(0, 2));
    expect(after).toMatchObject({ 'place-order': 'done', 'authorize-payment': 'done', 'reserve-inventory': 'next' });
    expect(after['create-shipment']).toBe('expected');
  });

  it('replaces the rest of the forward path by the compensation', () => {
    const links = linksOf(failing('InventoryReservationFailed').path).slice(0, 3);
    const after = states(links);
    expect(after).toMatchObject({
      'reserve-inventory': 'failed',
      'return-payment': 'next',
      'cancel-order': 'expected',
    });
    expect(after['create-shipment']).toBeUndefined();
    expect(after['commit-inventory']).toBeUndefined();
    expect(diagramStateOf(checkout, links, NO_FOLLOW_UPS).compensating).toBe(true);
  });

  it('distinguishes a failed step from a compensating one, and colours the events of both as backward', () => {
    const { nodes, flows } = diagramStateOf(checkout, linksOf(failing('PaymentCaptureFailed').path), NO_FOLLOW_UPS);
    expect(nodes.filter(({ state }) => state === 'failed').map(({ step }) => step)).toEqual(['capture-payment']);
    expect(flows.filter(({ undo, taken }) => undo && taken).map(({ from }) => from)).toEqual([
      'capture-payment',
      'cancel-shipment',
      'release-inventory',
      'return-payment',
    ]);
  });

  it('awaits follow-ups once the saga has ended, until they are known to be done', () => {
    const links = linksOf(completed.path);
    expect(states(links)).toMatchObject({ 'commit-inventory': 'next', 'notify-customer': 'next' });
    expect(states(links, new Set(['notify-customer']))['notify-customer']).toBe('done');
  });

  it('draws every event from its emitting to its handling steps, on every path of the saga', () => {
    for (const { path, interrupt } of all) {
      if (interrupt) continue;
      const { flows } = diagramStateOf(checkout, linksOf(path), NO_FOLLOW_UPS);
      const taken = flows.filter((flow) => flow.taken).map(({ from, to }) => `${from} ${to}`);
      expect(taken).toEqual(path.slice(1).map(({ step }, at) => `${path[at]!.step} ${step}`));
    }
  });

  it('ignores events outside of the table', () => {
    const [link] = linksOf(completed.path);
    expect(states([{ ...link!, step: 'dance', event: 'Danced' }])).toEqual(states([]));
  });
});
