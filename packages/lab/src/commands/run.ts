import { Command } from 'commander';
import { CHOREOGRAPHY, protocolOf } from '../protocols/all.js';
import { isExpected } from '../report/expectations.js';
import { inWords } from '../report/words.js';
import { duration, faultNamed, oneOf, protocolNamed, wholeNumber } from './options.js';
import { progress, runCell } from './run-cell.js';

interface Given {
  readonly fault: string;
  readonly decisions: 'postgres' | 'kafka';
  readonly expiry: number;
  readonly seconds: number;
  readonly rate: number;
  readonly skeen?: true;
  readonly json?: true;
}

/** `quadrille lab run PROTOCOL`: runs real processes, real databases and one fault. */
export const runCommand = new Command('run')
  .description('run a protocol in real processes under load, inject a fault, then audit and measure')
  .argument('<protocol>', 'protocol name; quadrille lab lists them', protocolNamed)
  .option('--fault <name>', 'fault to inject halfway', faultNamed, 'none')
  .option(
    '--decisions <log>',
    'where coordinators write decisions: postgres or kafka',
    oneOf('postgres', 'kafka'),
    'postgres',
  )
  .option('--expiry <duration>', 'time until a reservation expires', duration, 15_000)
  .option('--skeen', 'three-phase commit commits if a pre-commit is not acknowledged')
  .option('--seconds <n>', 'seconds of load before and after the fault', wholeNumber(1, 600), 8)
  .option('--rate <n>', 'orders per second', wholeNumber(1, 200), 6)
  .option('--json', 'print the measurements as JSON')
  .action(async (protocol: string, { fault, decisions, expiry, seconds, rate, skeen, json }: Given) => {
    const options = { expiryMs: expiry, withoutAcknowledgement: skeen ? ('commit' as const) : ('abort' as const) };
    const cell = await runCell({ protocol, fault, decisions, options, rate, calmSeconds: seconds, say: progress() });
    if (json) console.log(JSON.stringify(cell, null, 2));
    else {
      console.log(inWords(cell.seen));
      console.log(`  measured: ${Object.values(cell.measured).join(', ')}`);
      if (protocol !== CHOREOGRAPHY)
        console.log(`  claimed:  ${Object.values(protocolOf(protocol).claims).join(', ')}`);
      if (cell.surprises.length > 0) console.log(`  expectations failed: ${cell.surprises.join(', ')}`);
      else if (isExpected(cell.cell, fault)) console.log('  as expected');
    }
    process.exitCode = cell.surprises.length === 0 ? 0 : 1;
  });
