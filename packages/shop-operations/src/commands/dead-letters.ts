import { SAGA_SERVICES, type ServiceName } from '@quadrille/contracts';
import { columns } from '@quadrille/operate/commands/topics';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import { paint } from '@quadrille/operate/terminal/paint';
import { Command, Option } from 'commander';
import {
  type DeadLetterOf,
  type Decided,
  deadLettersOf,
  deadLettersOfAll,
  decideAll,
  letterIdOf,
  showLetter,
} from '../dead-letters.js';
import { endpointsOf, runningOption } from '../endpoints/endpoints.js';

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

const serviceOption = () => new Option('--service <name>', 'the service of the dead letters').choices(SAGA_SERVICES);

const list = new Command('list')
  .description(
    'list parked messages, dead letters and records that can never be sent (outbox-…), oldest first; exit code 1 if one waits for an operator',
  )
  .addOption(serviceOption())
  .addOption(new Option('--state <state>', 'only these').choices(['retrying', 'dead', 'queued', 'unsendable']))
  .option('--key <order>', 'only those of one order')
  .option('--json', 'print them as JSON')
  .addOption(runningOption())
  .action(
    acting(async ({ service, json, running, ...wanted }: Listing) => {
      const place = endpointsOf(running, process.env);
      const { letters, silent } = service
        ? { letters: await deadLettersOf(place, service, wanted), silent: [] }
        : await deadLettersOfAll(place, wanted);
      if (json) printJson({ deadLetters: letters, silent });
      // Without any answer, an empty list would be wrong.
      else if (letters.length > 0 || silent.length === 0) console.log(inWords(letters));
      if (letters.some(({ state }) => state === 'dead' || state === 'unsendable')) process.exitCode = 1;
      if (silent.length > 0)
        throw new Refusal(`No answer from ${silent.join(', ')}: their dead letters are not listed.`);
    }),
  );

function inWords(letters: readonly DeadLetterOf[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const head = ['service', 'id', 'state', 'step or topic', 'order', 'attempts', 'since', 'cause'];
  const rows = letters.map((letter) => [
    ...[letter.service, letter.id, letter.state, letter.step, letter.key, String(letter.attempts), letter.parkedAt],
    `${letter.code}: ${letter.cause.split('\n', 1)[0]}`,
  ]);
  return columns([head, ...rows]);
}

const show = new Command('show')
  .description('show one dead letter, with its cause and the whole message')
  .argument('<id>')
  .addOption(serviceOption().makeOptionMandatory())
  .option('--json', 'print it as JSON')
  .addOption(runningOption())
  .action(
    acting(async (id: string, { service, json, running }: Common & { readonly service: ServiceName }) => {
      const place = endpointsOf(running, process.env);
      const { body } = await showLetter(place, service, letterIdOf(id));
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
    .requiredOption('--reason <words>', 'the reason, which the service stores with the message')
    .option('--by <name>', 'the operator', process.env.USER ?? process.env.USERNAME ?? 'operator')
    .option('--json', 'print the decided and the refused ids as JSON')
    .addOption(runningOption())
    .addHelpText('after', '\nEach id is decided separately; exit code 2 if one of them was refused.')
    .action(
      acting(async (ids: string[], { service, by, reason, json, running }: Deciding) => {
        const place = endpointsOf(running, process.env);
        const wanted = [...new Set(ids.map(letterIdOf))];
        const outcome = await decideAll(place, service, wanted, decision, { by, reason });
        if (json) printJson({ service, ...outcome });
        else reportDecided(service, wanted, done, outcome);
        const { refused, notAttempted } = outcome;
        if (refused.length === 0) return;
        const rest = notAttempted.length > 0 ? [`Not attempted: ${notAttempted.join(', ')}.`] : [];
        throw new Refusal([...refused.map(({ why }) => why), ...rest].join('\n'));
      }),
    );

/** Prints one line per decided id. */
function reportDecided(
  service: string,
  ids: readonly string[],
  done: string,
  { refused, notAttempted }: Decided,
): void {
  const not = new Set([...refused.map(({ id }) => id), ...notAttempted]);
  for (const id of ids) if (!not.has(id)) console.log(`${paint('good', '✓')} ${service} ${id}: ${done}`);
}

/** `quadrille dead-letters`: messages that services could not process, and decisions on them. */
export const deadLettersCommand = new Command('dead-letters')
  .description('messages that services could not process: list, show, redrive, discard')
  .addCommand(list)
  .addCommand(show)
  .addCommand(deciding('redrive', 'retry now; the messages behind it follow in order', 'is retried now'))
  .addCommand(
    deciding(
      'discard',
      'discard permanently; the messages behind it continue',
      'is discarded, and stored in the audit',
    ),
  );
