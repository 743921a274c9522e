import type { Cell } from '../commands/run-cell.js';
import type { Measured } from '../measure/measure.js';
import type { Guarantees } from '../protocol.js';
import { FAULTS } from '../run/faults.js';
import { expectations } from './expectations.js';
import { reasons } from './words.js';

/** A measured cell without its verdicts, which are long, and the conditions under which it was measured. */
export interface Figure extends Omit<Cell, 'seen'> {
  /** Older figures have no reasons of cancellations. */
  readonly seen: Omit<Measured, 'promises' | 'cancelled'> & Partial<Pick<Measured, 'cancelled'>>;
  /** The promises that did not hold. */
  readonly broken: readonly string[];
  /** The day, and the load average of the machine at the end of the run; of older figures, before it. */
  readonly day: string;
  readonly load?: number;
}

const HEAD = `<!-- written by npx quadrille lab compare --write-docs from docs/generated/lab.json -->

# Measurements of the lab

Each cell is one run: four participants and two coordinators (of the choreography: all services), real databases, ${'`fsync`'} on, half of the orders for one account and one SKU (*hot*).
[The lab](../../packages/lab/README.md#measurements) defines the columns, [choosing a protocol](../explanation/choosing-a-protocol.md) draws the conclusions. The machine has two cores and carried other
work; the load average before or after each run is in the last column. Counts distinguish protocols on any machine, milliseconds do not.
`;

/** From the strongest to the weakest guarantee. */
const STRENGTH: { readonly [Dimension in keyof Guarantees]: readonly Guarantees[Dimension][] } = {
  atomicity: ['all or nothing', 'eventual', 'none'],
  consistency: ['kept', 'broken'],
  isolation: ['serializable', 'semantic locks', 'none'],
  durability: ['durable', 'lost'],
  scope: ['outside world', 'not measured', 'databases'],
  coordination: ['asynchronous', 'synchronous'],
  availability: ['does not block', 'blocks'],
};

/** The page: the guarantees claimed and measured, then a table per fault. `guarantees` by protocol; the choreography has none. Pure. */
export function documentOf(figures: readonly Figure[], guarantees: (cell: string) => Guarantees | undefined): string {
  const cells = [...new Set(figures.map(({ cell }) => cell))];
  const faults = FAULTS.filter((fault) => figures.some((each) => each.fault === fault));
  const vectors = cells.map((cell) =>
    vectorRow(cell, weakest(figures.filter((each) => each.cell === cell)), guarantees(cell)),
  );
  return [
    HEAD,
    '## Guarantees\n\nThe weakest measurement of all runs. A claim that a run refuted is struck out. *Not seen*: the protocol claims less than the runs have shown. One run proves a violation, never its absence.\n',
    markdown(['protocol', ...Object.keys(STRENGTH)], vectors),
    ...faults.flatMap((fault) => [
      `## ${fault}\n`,
      markdown(
        COLUMNS.map(([name]) => name),
        figures.filter((each) => each.fault === fault).map((each) => COLUMNS.map(([, value]) => value(each))),
      ),
    ]),
  ].join('\n');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const COLUMNS: readonly (readonly [name: string, value: (figure: Figure) => string])[] = [
  ['protocol', ({ cell }) => cell],
  ['held, s', ({ seen }) => String(seen.heldSeconds)],
  ['blocked', ({ seen }) => String(seen.blocked)],
  ['hot', ({ seen }) => percent(seen.hotServed)],
  ['cold', ({ seen }) => percent(seen.coldServed)],
  ['cancelled', ({ seen: { cancelled } }) => (cancelled ? reasons({ cancelled }) : 'not recorded')],
  ['split', ({ seen }) => String(seen.split)],
  ['open', ({ seen }) => String(seen.open)],
  ['inconsistent p99, ms', ({ seen }) => String(seen.inconsistentMs.p99)],
  ['compensated', ({ seen }) => percent(seen.compensated)],
  ['leaked', ({ seen }) => String(seen.leaked)],
  ['p50, ms', ({ seen }) => String(seen.latencyMs.p50)],
  ['calls', ({ seen }) => String(seen.perOrder.calls)],
  ['promises', ({ broken }) => (broken.length === 0 ? 'kept' : `**${broken.length} broken**`)],
  ['expected', ({ cell, fault, unmet }) => verdict(expectations(cell, fault).length > 0, unmet)],
  ['load', ({ load }) => (load === undefined ? 'not recorded' : String(load))],
];

const verdict = (isAsserted: boolean, unmet: readonly string[]): string =>
  unmet.length > 0 ? `**not: ${unmet.join(', ')}**` : isAsserted ? 'yes' : 'measured only';

/** Per dimension, the weakest of several measurements. */
export function weakest(figures: readonly Figure[]): Guarantees {
  const dimensions = Object.entries(STRENGTH).map(([dimension, from]) => {
    const seen = figures.map(({ measured }) => measured[dimension as keyof Guarantees] as string);
    // A scope that one run measured counts, even if the others did not measure it.
    const known = seen.filter((each) => each !== 'not measured');
    const ranks = (known.length > 0 ? known : seen).map((each) => (from as readonly string[]).indexOf(each));
    return [dimension, from[Math.max(...ranks)]];
  });
  return Object.fromEntries(dimensions) as unknown as Guarantees;
}

const vectorRow = (cell: string, measured: Guarantees, claimed: Guarantees | undefined): string[] => [
  cell,
  ...Object.entries(STRENGTH).map(([dimension, from]) => {
    const [value, claim] = [measured, claimed].map((each) => each?.[dimension as keyof Guarantees] as string);
    const rank = (each: string) => (from as readonly string[]).indexOf(each);
    if (!claim || claim === value || value === 'not measured') return value!;
    return rank(value!) > rank(claim) ? `~~${claim}~~ **${value}**` : `${claim}, not seen`;
  }),
];

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
    .concat('\n');
