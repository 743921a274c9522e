import { Id } from '@quadrille/contracts';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import { Command } from 'commander';
import { keysDatabaseOf, runningOption } from '../endpoints/endpoints.js';

interface Options {
  readonly json?: true;
  readonly running?: string;
}

/** `quadrille erase`: erases the key of a customer, and so the personal data in every copy. */
export const eraseCommand = new Command('erase')
  // The old name, for one release.
  .alias('forget')
  .description(
    'erase the personal data of a customer, or of the order of a guest, in every table, topic and backup; for good',
  )
  .argument('<customer>', 'the customerId; for a guest the orderId')
  .option('--json', 'print the result as JSON')
  .addOption(runningOption())
  .addHelpText(
    'after',
    '\nThe database of the keys: PERSONAL_DATA_DATABASE_URL, or the file of npm start. Exit code 1 for an unknown id. Services use cached keys for up to one minute.',
  )
  .action(
    acting(async (customer: string, { json, running }: Options) => {
      const id = Id.safeParse(customer);
      if (!id.success)
        throw new Refusal(`${JSON.stringify(customer)} is no id: pass a customerId, or the orderId of a guest.`);
      const result = await erase(keysDatabaseOf(running, process.env), id.data);
      if (json) printJson({ subject: id.data, result });
      else console.log(SENTENCES[result]);
      if (result === 'unknown') process.exitCode = 1;
    }),
  );

const SENTENCES = {
  erased: 'Erased: names and addresses are unreadable everywhere. Sums, the ledger and the histories of orders stay.',
  'erased-before': 'Nothing to do: the data were erased before.',
  unknown: 'There are no personal data under this id. For the order of a customer, pass the customerId.',
} as const;

async function erase(url: string, subject: string): Promise<keyof typeof SENTENCES> {
  // PostgreSQL's client is not loaded for a list of commands.
  const [{ Pool }, { eraseKey }] = await Promise.all([import('pg'), import('@quadrille/personal-data')]);
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    return await eraseKey(pool, subject);
  } catch (error) {
    const why = (error as Error).message || (error as { code?: string }).code;
    throw new Refusal(`The database of the keys cannot be used (${why}): is it running? Nothing was erased.`);
  } finally {
    await pool.end();
  }
}
