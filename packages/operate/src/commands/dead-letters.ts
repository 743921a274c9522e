import { Command, Option } from 'commander';
import { decide, type LetterOf, lettersOf, lettersOfAll, showLetter } from '../dead-letters.js';
import { HEARERS, placeOf, runningOption, type ServiceName } from '../place/place.js';
import { acting, printJson, Refusal } from '../terminal/acting.js';
import { columns } from '../terminal/columns.js';
import { paint } from '../terminal/paint.js';

interface Common {
  readonly json?: true;
  readonly running?: string;
}
interface Listing extends Common {
  readonly service?: ServiceName;
  readonly state?: string;
  readonly key?: string;
}
interface Deciding extends Common {
  readonly service: ServiceName;
  readonly by: string;
  readonly reason: string;
}

const serviceOption = () => new Option('--service <name>', 'whose dead letters').choices(HEARERS);

const list = new Command('list')
  .description(
    'what services have put aside and what they can never send (outbox-…), oldest first; exit code 1 when something waits for an operator',
  )
  .addOption(serviceOption())
  .addOption(new Option('--state <state>', 'only these').choices(['retrying', 'dead', 'queued', 'unsendable']))
  .option('--key <order>', 'only those of one order')
  .option('--json', 'print them as JSON')
  .addOption(runningOption())
  .action(
    acting(async ({ service, json, running, ...wanted }: Listing) => {
      const place = placeOf(running, process.env);
      const { letters, silent } = service
        ? { letters: await lettersOf(place, service, wanted), silent: [] }
        : await lettersOfAll(place, wanted);
      if (json) printJson({ deadLetters: letters, silent });
      else console.log(inWords(letters));
      if (letters.some(({ state }) => state === 'dead' || state === 'unsendable')) process.exitCode = 1;
      if (silent.length > 0) throw new Refusal(`Could not ask ${silent.join(', ')}: what waits there is not listed.`);
    }),
  );

function inWords(letters: readonly LetterOf[]): string {
  if (letters.length === 0) return 'Nothing is put aside.';
  const head = ['service', 'id', 'state', 'step or topic', 'order', 'attempts', 'since', 'cause'];
  const rows = letters.map((letter) => [
    ...[letter.service, letter.id, letter.state, letter.step, letter.key, String(letter.attempts), letter.parkedAt],
    `${letter.code}: ${letter.cause.split('\n', 1)[0]}`,
  ]);
  return columns([head, ...rows]);
}

const show = new Command('show')
  .description('one of them, with its cause and the whole message')
  .argument('<id>')
  .addOption(serviceOption().makeOptionMandatory())
  .option('--json', 'print it as JSON')
  .addOption(runningOption())
  .action(
    acting(async (id: string, { service, json, running }: Common & { readonly service: ServiceName }) => {
      const place = placeOf(running, process.env);
      const { body } = await showLetter(place, service, id);
      if (json) return printJson(body);
      const { message, headers, payload, ...letter } = body as Record<string, unknown>;
      console.log(columns(Object.entries(letter).map(([name, value]) => [name, String(value ?? '–')])));
      console.log(`\n${JSON.stringify(message ?? { headers, payload }, null, 2)}`);
    }),
  );

const deciding = (decision: 'redrive' | 'discard', what: string, done: string) =>
  new Command(decision)
    .description(what)
    .argument('<ids...>')
    .addOption(serviceOption().makeOptionMandatory())
    .requiredOption('--reason <words>', 'why; the service keeps it with the message')
    .option('--by <name>', 'who decides', process.env.USER ?? process.env.USERNAME ?? 'operator')
    .option('--json', 'print the answers as JSON')
    .addOption(runningOption())
    .action(
      acting(async (ids: string[], { service, by, reason, json, running }: Deciding) => {
        const place = placeOf(running, process.env);
        const answers: unknown[] = [];
        // One after the other: the order of a key is kept, and the first refusal stops.
        for (const id of ids) {
          answers.push((await decide(place, service, id, decision, { by, reason })).body);
          if (!json) console.log(`${paint('good', '✓')} ${service} ${id}: ${done}`);
        }
        if (json) printJson({ service, decided: answers });
      }),
    );

/** `quadrille dead-letters`: what services could not take, and what becomes of it. */
export const deadLettersCommand = new Command('dead-letters')
  .description('what services could not take: look, try again, give up')
  .addCommand(list)
  .addCommand(show)
  .addCommand(deciding('redrive', 'try again now; what waits behind it follows in order', 'is tried again now'))
  .addCommand(
    deciding('discard', 'give up for good; what waits behind it goes on', 'is given up, and kept in the audit'),
  );
