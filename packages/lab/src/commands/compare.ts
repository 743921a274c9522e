import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CHOREOGRAPHY, PROTOCOLS } from '../protocols/all.js';
import { writeDocs } from '../report/docs.js';
import { tableOf } from '../report/words.js';
import { FAULTS, whyNot } from '../run/faults.js';
import { severalFaults, severalProtocols } from './options.js';
import { type Cell, type CellOptions, cellName, progress, runCell } from './run-cell.js';

interface Given {
  readonly protocol?: readonly string[];
  readonly fault?: readonly string[];
  readonly quick?: true;
  readonly json?: string;
  readonly writeDocs?: true;
}

type Planned = Pick<CellOptions, 'protocol' | 'fault' | 'decisions' | 'options'>;
type Variant = Pick<CellOptions, 'decisions' | 'options'>;

const PLAIN: Variant = { decisions: 'postgres', options: {} };
/** Where the votes of several orders wait for each other, a variant votes in order. */
const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  'two-phase-commit': [
    PLAIN,
    { decisions: 'kafka', options: {} },
    { decisions: 'kafka', options: { voting: 'in order' } },
  ],
  'three-phase-commit': [PLAIN, { ...PLAIN, options: { voting: 'in order' } }],
};

/** A selection that fits into a CI build: blocking, non-blocking, the split that non-blocking costs in a partition, and the control. */
const QUICK: readonly Planned[] = [
  { protocol: 'unprotected', fault: 'driver-dies', ...PLAIN },
  { protocol: 'two-phase-commit', fault: 'driver-dies', ...PLAIN },
  { protocol: 'three-phase-commit', fault: 'driver-dies', ...PLAIN },
  { protocol: 'three-phase-commit', fault: 'driver-dies,partition', ...PLAIN },
];

const LOAD = { rate: 6, calmSeconds: 4 };
/** The expectations of a cell do not depend on the load, or on the pace of the machine. */
const QUICK_LOAD = { rate: 4, calmSeconds: 2, lastsMs: 5_000 };

/** `quadrille lab compare`: runs protocols one after the other under the same load and faults. */
export const compareCommand = new Command('compare')
  .description('run protocols one after the other under the same load and faults')
  .option('--protocol <name>', 'run only these protocols; repeatable', severalProtocols)
  .option('--fault <name>', 'run only these faults; repeatable', severalFaults)
  .option('--quick', 'run four protocol and fault pairs, a minute or two')
  .option('--json <file>', 'also write all measurements to this file', fileInAFolder)
  .option('--write-docs', 'also write docs/generated/lab.json and lab.md, cell by cell')
  .action(async ({ protocol, fault, quick, json, writeDocs: isForDocs }: Given) => {
    const say = progress();
    const cells: Cell[] = [];
    for (const planned of quick ? QUICK : cellsOf(protocol, fault)) {
      say(`— ${keyOf(planned)}`);
      const loadBefore = Math.round(loadavg()[0]! * 10) / 10;
      const cell = await runCell({ ...planned, ...(quick ? QUICK_LOAD : LOAD), say });
      for (const each of cell.surprises) say(`expectation failed: ${each}`);
      cells.push(cell);
      // Written after each cell, so that an interrupted comparison leaves its results.
      if (json) writeFileSync(json, `${JSON.stringify(cells, null, 2)}\n`);
      if (isForDocs) writeDocs(figureOf(cell, loadBefore), cellsOf().map(keyOf));
    }
    console.log(tableOf(cells));
    process.exitCode = cells.every(({ surprises }) => surprises.length === 0) ? 0 : 1;
  });

const keyOf = (planned: Planned): string => `${cellName(planned)}, ${planned.fault}`;

const figureOf = ({ seen: { promises, ...seen }, ...cell }: Cell, loadBefore: number) => ({
  ...cell,
  seen,
  broken: promises.filter(({ holds }) => !holds).map(({ promise }) => promise),
  day: new Date().toISOString().slice(0, 10),
  loadBefore,
});

function fileInAFolder(path: string): string {
  if (existsSync(dirname(path))) return path;
  throw new InvalidArgumentError(`The folder ${dirname(path)} does not exist.`);
}

/** All protocols and their variants under all faults that they can meet. */
const cellsOf = (
  protocols: readonly string[] = [...PROTOCOLS, CHOREOGRAPHY],
  faults: readonly string[] = [...FAULTS, 'driver-dies,partition'],
): Planned[] =>
  protocols.flatMap((protocol) =>
    (VARIANTS[protocol] ?? [PLAIN]).flatMap((variant) =>
      faults.flatMap((fault) => (whyNot(protocol, fault, variant.decisions) ? [] : [{ protocol, fault, ...variant }])),
    ),
  );
