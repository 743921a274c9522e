import { Command, Option } from 'commander';
import { CHOREOGRAPHY, protocolOf } from '../protocols/all.js';
import { expectations } from '../report/expectations.js';
import { format } from '../report/words.js';
import { FAULTS, type Fault, unsupportedReason } from '../run/faults.js';
import { duration, expiryOption, faultNamed, oneOf, protocolNamed, wholeNumber } from './options.js';
import { type Cell, progress, runCell } from './run-cell.js';

interface Options {
  readonly fault: Fault;
  readonly decisions: 'postgres' | 'kafka';
  readonly expiry: number;
  readonly verifyAfter: number;
  readonly seconds: number;
  readonly rate: number;
  readonly rounds: number;
  readonly skeen?: true;
  readonly parallel?: true;
  readonly json?: true;
}

/** `quadrille lab run PROTOCOL`: runs real processes, real databases and one fault. */
export const runCommand = new Command('run')
  .description('run a protocol in real processes under load, inject a fault, then audit and measure')
  .argument('<protocol>', 'protocol name; quadrille lab lists them', protocolNamed)
  .option('--fault <name>', `fault to inject halfway: ${FAULTS.join(', ')}`, faultNamed, 'none')
  .option(
    '--decisions <log>',
    'where coordinators write decisions: postgres or kafka',
    oneOf('postgres', 'kafka'),
    'postgres',
  )
  .addOption(expiryOption())
  .option('--skeen', 'three-phase commit commits if a pre-commit is not acknowledged')
  .option(
    '--parallel',
    'two- and three-phase commit: all participants vote at once, instead of payment before inventory',
  )
  .option('--seconds <n>', 'seconds of load before and after the fault', wholeNumber(1, 600), 8)
  .option('--rate <n>', 'orders per second', wholeNumber(1, 200), 6)
  .option('--rounds <n>', 'number of runs, each on empty databases', wholeNumber(1, 100), 1)
  .addOption(
    new Option('--verify-after <duration>', '2PS-OV: the pause before it validates')
      .argParser(duration)
      .default(200, '200ms'),
  )
  .option('--json', 'print the measurements as JSON')
  .action(async (protocol: string, given: Options, command: Command) => {
    const { fault, decisions, expiry, verifyAfter, seconds, rate, rounds, skeen, parallel, json } = given;
    const cannot = unsupportedReason(protocol, fault, decisions);
    if (cannot) command.error(cannot);
    const withoutAcknowledgement = skeen ? ('commit' as const) : ('abort' as const);
    const voting = parallel ? ('parallel' as const) : ('in order' as const);
    const options = { voting, expiryMs: expiry, verifyAfterMs: verifyAfter, withoutAcknowledgement };
    const cells: Cell[] = [];
    for (let round = 0; round < rounds; round++) {
      const cell = await runCell({
        protocol,
        fault,
        decisions,
        options,
        rate,
        calmSeconds: seconds,
        print: progress(),
      });
      cells.push(cell);
      if (!json) printCell(protocol, fault, cell);
    }
    const asExpected = cells.filter(({ unmet }) => unmet.length === 0).length;
    if (json) console.log(JSON.stringify(rounds === 1 ? cells[0] : cells, null, 2));
    else if (rounds > 1) console.log(`${asExpected} of ${rounds} rounds as expected`);
    process.exitCode = asExpected === rounds ? 0 : 1;
  });

function printCell(protocol: string, fault: Fault, { cell, seen, measured, unmet }: Cell): void {
  const expected = expectations(cell, fault);
  console.log(format(seen));
  console.log(`  measured: ${Object.values(measured).join(', ')}`);
  if (protocol !== CHOREOGRAPHY)
    console.log(`  claimed:  ${Object.values(protocolOf(protocol).guarantees).join(', ')}`);
  if (unmet.length > 0) console.log(`  not as expected: ${unmet.join(', ')} did not show`);
  else if (expected.length > 0) console.log(`  as expected: ${expected.join(', ')}`);
}
