import { parseArgs } from 'node:util';

/** The parsed command line of npm start. */
export interface StartOptions {
  readonly fresh: boolean;
  readonly secure: boolean;
  readonly signIn: boolean;
  readonly orders: number | undefined;
  readonly replay: string | undefined;
  readonly exit: boolean;
  readonly report: string | undefined;
  readonly help: boolean;
}

export const HELP = `npm start [-- options]

  Installs and builds missing parts, starts PostgreSQL, Kafka and all services, and prints examples.

  --fresh            delete the data of earlier runs first
  --secure           use Kafka with TLS, a user per service and minimal rights, PostgreSQL with TLS (needs Java and Maven)
  --sign-in          require sign-in, with an identity provider for demonstrations
  --orders N         place N orders of every kind, wait for all to end, audit the seven promises
  --replay FILE      do the same with the invoices of FILE (.csv or .csv.gz, Online Retail format)
  --exit             stop afterwards; exit code 1 if a promise is broken
  --report FILE      also write the summary as JSON
  --help             print this help

  Ports: STOREFRONT_PORT, ORDER_PORT, PAYMENT_PORT, INVENTORY_PORT, SHIPPING_PORT, NOTIFICATION_PORT,
  PAYMENT_PROVIDER_PORT, IDENTITY_PROVIDER_PORT. Data: QUADRILLE_DATA_DIR (.quadrille). Kafka: KAFKA_BROKERS, or QUADRILLE_KAFKA=docker|jvm.
`;

/** The maximum number of orders per run. */
const MOST_ORDERS = 1_000_000;

/** Parses the command line. Throws an error with a one-sentence message. */
export function readOptions(args: readonly string[]): StartOptions {
  const values = parse(args);
  const orders = values.orders === undefined ? undefined : Number(values.orders);
  if (orders !== undefined && !(Number.isInteger(orders) && orders >= 1 && orders <= MOST_ORDERS)) {
    throw new Error(`--orders is ${values.orders}; expected a whole number from 1 to ${MOST_ORDERS}.`);
  }
  if (orders !== undefined && values.replay !== undefined) throw new Error('Give --orders or --replay, not both.');
  const runs = orders !== undefined || values.replay !== undefined;
  if (!runs && (values.exit || values.report !== undefined)) {
    throw new Error('--exit and --report require --orders or --replay.');
  }
  return {
    fresh: values.fresh,
    secure: values.secure,
    signIn: values['sign-in'],
    orders,
    replay: values.replay,
    exit: values.exit,
    report: values.report,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        fresh: { type: 'boolean', default: false },
        secure: { type: 'boolean', default: false },
        'sign-in': { type: 'boolean', default: false },
        orders: { type: 'string' },
        replay: { type: 'string' },
        exit: { type: 'boolean', default: false },
        report: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // The rest of Node's message is generic advice.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new Error(`${what}. See npm start -- --help.`);
  }
}
