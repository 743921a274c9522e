import { closeSync, openSync, writeFileSync } from 'node:fs';
import { leaveShell, onInterrupt } from '@quadrille/local';
import { CASES } from './cases/cases.js';
import { type BenchOptions, commandOf, help, readOptions } from './cli/options.js';
import { machineFacts, now, postgresVersion } from './machine/facts.js';
import type { CaseResult, Report } from './report/case-result.js';
import { writeDocs } from './report/docs.js';
import { caseText, machineText } from './report/print.js';
import { endAll } from './systems/started.js';

/** npm run bench. Sets the exit code: 1 if a case failed or broke a promise. */
export async function bench(args: readonly string[]): Promise<void> {
  leaveShell();
  try {
    const options = readOptions(
      args,
      CASES.map(({ name }) => name),
    );
    if (options.help) console.log(help(CASES.map(({ name, what }) => [name, what])));
    else await measure(options);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function measure(options: BenchOptions): Promise<void> {
  if (options.json) demandWritable(options.json);
  onInterrupt(endAll);
  const began = Date.now();
  const print = (line: string) => console.log(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const machine = machineFacts(postgresVersion());
  print(machineText(machine));
  if (!machine.quiet) print(`The machine is not quiet (load ${machine.loadBefore}); the figures are unreliable.`);
  const cases: Record<string, CaseResult> = {};
  for (const name of options.cases) {
    const found = CASES.find((each) => each.name === name)!;
    try {
      const measured = { at: now(), model: machine.model, loadBefore: machine.loadBefore, quiet: machine.quiet };
      cases[name] = { command: commandOf(name, options), ...(await found.run({ ...options, print })), measured };
      console.log(`${caseText(name, cases[name])}\n`);
    } catch (error) {
      // The other cases are still measured.
      console.error(`${name} failed: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  const report: Report = { machine, cases };
  if (options.writeDocs && Object.keys(cases).length > 0) print(`wrote ${writeDocs(report).length} files below docs/`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Fails before the measurement, not after twenty minutes. */
function demandWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new Error(`--json: the file cannot be written (${(error as Error).message}).`);
  }
}
