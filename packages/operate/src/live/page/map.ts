import { breakable, drawing, element } from './elements.js';
import { GUTTER, LEAST_WIDTH, pathsOf, type TopologyGeometry, topologyGeometry } from './geometry.js';
import { Particles } from './particles.js';
import type { ShownTable } from './shown.js';

/** States arrive several times per second: the events of one start within this time. */
const SPREAD_MS = 250;

/** Services above, the topics of each as a line below, and events that move along them. */
export class TopologyMap {
  private readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  private readonly particles = new Particles(this.canvas);
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly counts = new Map<string, HTMLElement>();
  private geometry: TopologyGeometry;

  constructor(
    private readonly place: HTMLElement,
    private readonly table: ShownTable,
  ) {
    this.geometry = this.draw();
    new ResizeObserver(() => {
      if (this.widthNow() !== this.geometry.width) this.geometry = this.draw();
    }).observe(place);
  }

  /** Updates the number of events of each step. */
  count(counts: Readonly<Record<string, number>>): void {
    for (const [way, cell] of this.counts) cell.textContent = String(counts[way] ?? 0);
  }

  /** Lets events move, each given as `step event`. */
  show(moved: readonly string[]): void {
    if (this.still.matches || document.hidden) return;
    const style = getComputedStyle(this.canvas);
    this.particles.dress({ forward: style.getPropertyValue('--forward'), back: style.getPropertyValue('--back') });
    for (const [at, name] of moved.entries()) {
      const way = this.table.ways[name];
      if (!way) continue;
      for (const path of pathsOf(way, this.geometry)) {
        this.particles.enter(path, way.back, (at / moved.length) * SPREAD_MS);
      }
    }
  }

  private widthNow(): number {
    return Math.max(LEAST_WIDTH, this.place.clientWidth);
  }

  private draw(): TopologyGeometry {
    const { topology } = this.table;
    const geometry = topologyGeometry(topology, this.widthNow());
    const { width, height } = geometry;
    const cards = element('div', { class: 'cards' }, ...topology.services.map((service) => this.cardOf(service)));
    cards.style.marginLeft = `${GUTTER}px`;
    const lines = element('div', { class: 'lines', 'aria-hidden': 'true' });
    lines.style.height = `${height}px`;
    lines.append(drawing('svg', { width, height }, ...linesOf(this.table, geometry)), ...this.names(geometry));
    const scale = Math.min(2, devicePixelRatio);
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    lines.append(this.canvas);
    const map = element('div', { class: 'map' }, cards, lines);
    map.style.width = `${width}px`;
    this.place.replaceChildren(map);
    return geometry;
  }

  private cardOf(service: string): HTMLElement {
    const steps = this.table.rows.filter((row) => row.service === service);
    const items = steps.map(({ step, emits }) =>
      element(
        'li',
        {},
        element('span', { class: 'step' }, ...breakable(step)),
        ...emits.map((event) =>
          element('span', { class: 'event' }, ...breakable(event), ' ', this.counter(`${step} ${event}`)),
        ),
      ),
    );
    const heading = element('h3', {}, service);
    return element(
      'article',
      { class: 'card', 'aria-label': `Service ${service}` },
      heading,
      element('ul', {}, ...items),
    );
  }

  private counter(way: string): HTMLElement {
    const cell = this.counts.get(way) ?? element('b', { 'data-way': way }, '0');
    this.counts.set(way, cell);
    return cell;
  }

  private names({ lineY }: TopologyGeometry): HTMLElement[] {
    return this.table.topology.lines.map(({ name, topics }, at) => {
      const shown = element('p', { class: 'topic', title: topics.join('\n') }, ...breakable(name));
      shown.style.top = `${lineY[at]}px`;
      shown.style.maxWidth = `${GUTTER}px`;
      return shown;
    });
  }
}

/** A square at the writer of each line, a ring at each reader; below them rails to the services. */
function linesOf({ topology }: ShownTable, { width, lineY, consumesX, emitsX }: TopologyGeometry): SVGElement[] {
  const rails = topology.lines.flatMap(({ from, to }, at) => {
    const rail = (x: number) => drawing('line', { x1: x, x2: x, y1: 0, y2: lineY[at]!, class: 'rail' });
    return [rail(emitsX[from]!), ...to.map((column) => rail(consumesX[column]!))];
  });
  const lines = topology.lines.flatMap(({ from, to }, at) => {
    const y = lineY[at]!;
    return [
      drawing('line', { x1: GUTTER - 4, x2: width - 12, y1: y, y2: y, class: 'line' }),
      drawing('rect', { x: emitsX[from]! - 6, y: y - 6, width: 12, height: 12, rx: 3, class: 'writer' }),
      ...to.map((column) => drawing('circle', { cx: consumesX[column]!, cy: y, r: 5.5, class: 'reader' })),
    ];
  });
  return [...rails, ...lines];
}
