import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CHOREOGRAPHY, PROTOCOLS } from '../protocols/all.js';
import { writeDocs } from '../report/docs.js';
import { tableOf } from '../report/words.js';
import { FAULTS, type Fault, unsupportedReason } from '../run/faults.js';
import { oneOf, severalFaults, severalProtocols } from './options.js';
import { type Cell, type CellOptions, type CellPlan, cellName, progress, runCells } from './run-cell.js';

interface Options {
  readonly protocol?: readonly string[];
  readonly fault?: readonly Fault[];
  readonly variant?: VariantName;
  readonly quick?: true;
  readonly json?: string;
  readonly writeDocs?: true;
}

type Variant = Pick<CellOptions, 'decisions' | 'options'>;

const PLAIN: Variant = { decisions: 'postgres', options: {} };
const ON_KAFKA: Variant = { decisions: 'kafka', options: {} };
/** With parallel votes, the orders of a commit protocol wait for each other. */
const PARALLEL: Variant = { decisions: 'postgres', options: { voting: 'parallel' } };
const NAMED = { plain: PLAIN, kafka: ON_KAFKA, parallel: PARALLEL } as const;
type VariantName = keyof typeof NAMED;
/** It differs from 3PS only in a race. */
const RACES_ONLY = '3PS-unordered';
const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  'two-phase-commit': [PLAIN, ON_KAFKA, PARALLEL],
  'three-phase-commit': [PLAIN, PARALLEL],
};

/** A selection that fits into a CI build: the control, one protocol of each kind, and the split that three-phase commit costs in a partition. */
const QUICK: readonly CellPlan[] = [
  { protocol: 'unprotected', faults: ['none', 'driver-dies'], ...PLAIN },
  { protocol: 'two-phase-commit', faults: ['none', 'driver-dies'], ...PLAIN },
  { protocol: 'three-phase-commit', faults: ['none', 'driver-dies', 'driver-dies,partition'], ...PLAIN },
  { protocol: 'orchestrated-saga', faults: ['none', 'driver-dies'], ...PLAIN },
  { protocol: 'try-confirm-cancel', faults: ['none', 'driver-dies'], ...PLAIN },
];

const LOAD = { rate: 6, calmSeconds: 2 };
/** The expectations of a cell do not depend on the load, or on the pace of the machine. */
const QUICK_LOAD = { rate: 4, calmSeconds: 1, durationMs: 4_000 };

/** `quadrille lab compare`: runs protocols one after the other under the same load and faults. */
export const compareCommand = new Command('compare')
  .description('run protocols one after the other under the same load and faults')
  .option('--protocol <name>', 'run only these protocols; repeatable', severalProtocols)
  .option('--fault <name>', 'run only these faults; repeatable', severalFaults)
  .option(
    '--variant <name>',
    'of the commit protocols, run only this variant: plain, kafka or parallel',
    oneOf('plain', 'kafka', 'parallel'),
  )
  .option('--quick', 'run eleven protocol and fault pairs, about two minutes')
  .option('--json <file>', 'also write all measurements to this file', fileInAFolder)
  .option('--write-docs', 'also write docs/generated/lab.json and lab.md, cell by cell')
  .action(async ({ protocol, fault, variant, quick, json, writeDocs: isForDocs }: Options) => {
    const print = progress();
    const cells: Cell[] = [];
    const conditions = { ...(quick ? QUICK_LOAD : LOAD), print };
    for (const plans of startedTogether(quick ? QUICK : cellsOf(protocol, fault, variant))) {
      await runCells(plans, conditions, (cell) => {
        for (const each of cell.unmet) print(`expectation failed: ${each}`);
        cells.push(cell);
        // Written after each cell, so that an interrupted comparison leaves its results.
        if (json) writeFileSync(json, `${JSON.stringify(cells, null, 2)}\n`);
        if (isForDocs) writeDocs(figureOf(cell), cellsOf().flatMap(keysOf));
      });
    }
    console.log(tableOf(cells));
    process.exitCode = cells.every(({ unmet }) => unmet.length === 0) ? 0 : 1;
  });

const keysOf = (planned: CellPlan): string[] => planned.faults.map((fault) => `${cellName(planned)}, ${fault}`);

const figureOf = ({ seen: { promises, ...seen }, ...cell }: Cell) => ({
  ...cell,
  seen,
  broken: promises.filter(({ holds }) => !holds).map(({ promise }) => promise),
  day: new Date().toISOString().slice(0, 10),
  load: Math.round(loadavg()[0]! * 10) / 10,
});

/** Protocols of the lab with the same decision log run on the same processes. The topics of the choreography cannot be emptied. */
function startedTogether(all: readonly CellPlan[]): CellPlan[][] {
  const alone = all.flatMap((plan) =>
    plan.protocol === CHOREOGRAPHY ? plan.faults.map((fault) => [{ ...plan, faults: [fault] }]) : [],
  );
  const shared = (['postgres', 'kafka'] as const).map((log) =>
    all.filter(({ protocol, decisions }) => protocol !== CHOREOGRAPHY && decisions === log),
  );
  return [...shared.filter(({ length }) => length > 0), ...alone];
}

function fileInAFolder(path: string): string {
  if (existsSync(dirname(path))) return path;
  throw new InvalidArgumentError(`The folder ${dirname(path)} does not exist.`);
}

/** All protocols and their variants, with the faults that they can meet. */
const cellsOf = (
  protocols: readonly string[] = [...PROTOCOLS, CHOREOGRAPHY].filter((name) => name !== RACES_ONLY),
  wanted: readonly Fault[] = FAULTS,
  only?: VariantName,
): CellPlan[] =>
  protocols.flatMap((protocol) =>
    (VARIANTS[protocol] ?? [PLAIN]).flatMap((variant) => {
      if (only && variant !== NAMED[only]) return [];
      const faults = wanted.filter((fault) => !unsupportedReason(protocol, fault, variant.decisions));
      return faults.length > 0 ? [{ protocol, faults, ...variant }] : [];
    }),
  );
