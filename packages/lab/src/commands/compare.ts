import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CHOREOGRAPHY, PROTOCOLS } from '../protocols/all.js';
import { tableOf } from '../report/words.js';
import { FAULTS, whyNot } from '../run/faults.js';
import { severalFaults, severalProtocols } from './options.js';
import { type Cell, progress, runCell } from './run-cell.js';

interface Given {
  readonly protocol?: readonly string[];
  readonly fault?: readonly string[];
  readonly quick?: true;
  readonly json?: string;
}

/** A selection that fits into a CI build: blocking, non-blocking, the split that non-blocking costs in a partition, and the control. */
const QUICK: readonly (readonly [protocol: string, fault: string])[] = [
  ['unprotected', 'driver-dies'],
  ['two-phase-commit', 'driver-dies'],
  ['three-phase-commit', 'driver-dies'],
  ['three-phase-commit', 'driver-dies,partition'],
];

const LOAD = { rate: 6, calmSeconds: 8 };
/** The expectations of a cell do not depend on the load, or on the pace of the machine. */
const QUICK_LOAD = { rate: 4, calmSeconds: 2, lastsMs: 5_000 };

/** `quadrille lab compare`: runs protocols one after the other under the same load and faults. */
export const compareCommand = new Command('compare')
  .description('run protocols one after the other under the same load and faults')
  .option('--protocol <name>', 'run only these protocols; repeatable', severalProtocols)
  .option('--fault <name>', 'run only these faults; repeatable', severalFaults)
  .option('--quick', 'run four protocol and fault pairs, a minute or two')
  .option('--json <file>', 'also write all measurements to this file', fileInAFolder)
  .action(async ({ protocol, fault, quick, json }: Given) => {
    const say = progress();
    const cells: Cell[] = [];
    for (const [name, what] of quick ? QUICK : cellsOf(protocol, fault)) {
      say(`— ${name}, ${what}`);
      const cell = await runCell({
        protocol: name,
        fault: what,
        decisions: 'postgres',
        options: {},
        ...(quick ? QUICK_LOAD : LOAD),
        say,
      });
      for (const each of cell.surprises) say(`expectation failed: ${each}`);
      cells.push(cell);
      // Written after each cell, so that an interrupted comparison leaves its results.
      if (json) writeFileSync(json, `${JSON.stringify(cells, null, 2)}\n`);
    }
    console.log(tableOf(cells));
    process.exitCode = cells.every(({ surprises }) => surprises.length === 0) ? 0 : 1;
  });

function fileInAFolder(path: string): string {
  if (existsSync(dirname(path))) return path;
  throw new InvalidArgumentError(`The folder ${dirname(path)} does not exist.`);
}

const cellsOf = (protocols: readonly string[] = [...PROTOCOLS, CHOREOGRAPHY], faults: readonly string[] = FAULTS) =>
  protocols.flatMap((name) =>
    faults.filter((fault) => !whyNot(name, fault, 'postgres')).map((fault) => [name, fault] as const),
  );
