import { element } from './elements.js';
import type { ShownEvent, ShownSaga } from './shown.js';

/** The latest sagas: each a line that opens to its events. */
export class Sagas {
  private readonly shown = new Map<string, { readonly text: string; readonly line: HTMLDetailsElement }>();

  constructor(private readonly place: HTMLElement) {}

  /** Shows these sagas in their order. The elements of an unchanged saga stay, and an open one stays open. */
  show(sagas: readonly ShownSaga[]): void {
    const ids = new Set(sagas.map(({ id }) => id));
    for (const [id, { line }] of this.shown) {
      if (ids.has(id)) continue;
      line.remove();
      this.shown.delete(id);
    }
    for (const [at, saga] of sagas.entries()) {
      const line = this.lineOf(saga);
      if (this.place.children[at] !== line) this.place.insertBefore(line, this.place.children[at] ?? null);
    }
  }

  private lineOf(saga: ShownSaga): HTMLDetailsElement {
    const text = JSON.stringify(saga);
    const before = this.shown.get(saga.id);
    if (before?.text === text) return before.line;
    const line = before?.line ?? element('details', { class: 'saga' });
    const summary = line.querySelector('summary') ?? element('summary');
    summary.replaceChildren(...summaryOf(saga));
    line.replaceChildren(summary, eventsOf(saga), ...awaitedOf(saga));
    this.shown.set(saga.id, { text, line });
    return line;
  }
}

function summaryOf({ id, state, ended, startedAt, lastAt, events }: ShownSaga): HTMLElement[] {
  const took = `${Date.parse(lastAt) - Date.parse(startedAt)} ms`;
  return [
    element('span', { class: 'id' }, id),
    element('span', { class: 'state', 'data-ended': ended, 'data-back': events.some(({ back }) => back) }, state),
    element('span', { class: 'took' }, ended ? took : '…'),
    element('span', { class: 'way' }, ...events.map((event) => chipOf(event))),
  ];
}

const chipOf = ({ event, back }: ShownEvent): HTMLElement =>
  element('span', { class: 'chip', 'data-back': back }, event);

function eventsOf({ events, startedAt }: ShownSaga): HTMLElement {
  const rows = events.map(({ event, step, service, at, record, cause }) => {
    const after = `+${Date.parse(at) - Date.parse(startedAt)} ms`;
    const cells = [after, event, service, step, cause, record];
    return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
  });
  const titles = ['After', 'Event', 'Service', 'Step', 'Cause', 'Record'];
  const head = element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title)));
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}

const awaitedOf = ({ awaited }: ShownSaga): HTMLElement[] =>
  awaited.map((step) => element('p', { class: 'awaited' }, `waits for ${step}`));
