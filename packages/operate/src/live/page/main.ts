import { counted, element, part } from './elements.js';
import { TopologyMap } from './map.js';
import { Sagas } from './sagas.js';
import type { ShownState, ShownTable } from './shown.js';

const sagas = new Sagas(part('sagas'));
let map: TopologyMap | undefined;

const stream = new EventSource('/live');
stream.addEventListener('table', ({ data }) => showTable(JSON.parse(data) as ShownTable));
stream.addEventListener('state', ({ data }) => showState(JSON.parse(data) as ShownState));
stream.addEventListener('error', () => showProblem('quadrille live does not run any more.'));

function showTable(table: ShownTable): void {
  document.title = `${table.system}, live`;
  part('system').textContent = table.system;
  map ??= new TopologyMap(part('map'), table);
  part('rows').replaceChildren(
    ...table.rows.map(({ step, service, handles, emits, compensates }) => {
      const cells = [service, handles.join(', '), emits.join(', ') || '–', compensates.join(', ') || '–'];
      const name = element('th', { scope: 'row' }, step);
      return element('tr', {}, name, ...cells.map((cell) => element('td', {}, cell)));
    }),
  );
}

function showState({ problem, counts, sagas: latest, moved }: ShownState): void {
  const events = Object.values(counts).reduce((sum, count) => sum + count, 0);
  showProblem(problem);
  part('events').textContent = `${counted(events, 'event')} read`;
  part('no-sagas').hidden = latest.length > 0;
  map?.count(counts);
  map?.show(moved);
  sagas.show(latest);
}

function showProblem(problem: string | null): void {
  const status = part('status');
  const text = problem ?? 'live';
  status.dataset.problem = String(problem !== null);
  if (status.textContent !== text) status.textContent = text;
}
