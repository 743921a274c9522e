import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminPortOf, optionalServices, SERVICES, type ServiceName, services, variableOf } from '@quadrille/contracts';
import { BROKERS_EXPECTED, brokersIn } from '@quadrille/kafka/addresses';
import { type Security, SecurityProblem, securityFrom, type Variables } from '@quadrille/kafka/security';
import { Refusal } from '@quadrille/operate/terminal/acting';
import { Option } from 'commander';

/** The content of the file that `npm start` writes into its data folder while it runs. */
interface Running {
  readonly urls?: Readonly<Record<string, string>>;
  readonly adminUrls?: Readonly<Record<string, string>>;
  readonly databases?: Readonly<Record<string, string>>;
  /** The database of the keys of personal data. */
  readonly keysDatabase?: string;
  readonly brokers?: readonly string[];
  /** The URL of the identity provider of a demonstration. */
  readonly identityProvider?: string;
  /** The settings for restricted brokers: `KAFKA_TLS` and similar variables. */
  readonly security?: Variables;
}

/** The addresses of the system. */
export interface Endpoints {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The URLs for operators. */
  readonly adminUrls: Readonly<Record<ServiceName, string>>;
  /** The token for services with authentication (QUADRILLE_TOKEN). */
  readonly token?: string;
  /** By service; without services whose database is unknown. */
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  readonly security?: Security;
}

/** `--running FILE`: for every command that queries a running system. */
export const runningOption = () =>
  new Option(
    '--running <file>',
    'the addresses of the system, written by npm start (default: .quadrille/running.json)',
  );

/** Variables of the environment come first, then the file of `npm start`, then the documented ports. Throws a {@link Refusal}. */
export function endpointsOf(file: string | undefined, env: NodeJS.ProcessEnv): Endpoints {
  const running = readRunning(file, env);
  const urls = Object.fromEntries(
    SERVICES.map((name) => [
      name,
      url(env[variableOf(name, 'URL')], variableOf(name, 'URL')) ?? running.urls?.[name] ?? usual(name, env),
    ]),
  ) as Record<ServiceName, string>;
  const adminUrls = Object.fromEntries(SERVICES.map((name) => [name, adminUrlOf(name, env, running)])) as Record<
    ServiceName,
    string
  >;
  const databases = Object.fromEntries(
    SERVICES.flatMap((name) => {
      const known = env[variableOf(name, 'DATABASE_URL')] || running.databases?.[name];
      return known ? [[name, known]] : [];
    }),
  );
  const brokers = env.KAFKA_BROKERS ? brokersNamed(env.KAFKA_BROKERS) : (running.brokers ?? []);
  const security = securityOf(env.KAFKA_BROKERS ? env : (running.security ?? env), brokers);
  const token = env.QUADRILLE_TOKEN;
  return { urls, adminUrls, databases, brokers, ...(security && { security }), ...(token && { token }) };
}

/** Returns the URL of the identity provider of a demonstration, from the same sources as {@link endpointsOf}. */
export function identityProviderOf(file: string | undefined, env: NodeJS.ProcessEnv): string {
  const name = variableOf('identity-provider', 'URL');
  const known = url(env[name], name) ?? readRunning(file, env).identityProvider;
  const port = env[variableOf('identity-provider', 'PORT')] || optionalServices['identity-provider'].port;
  return known ?? `http://127.0.0.1:${port}`;
}

/** Returns the URL of the database of personal data keys: `PERSONAL_DATA_DATABASE_URL`, or the file of `npm start`. Throws a {@link Refusal}. */
export function keysDatabaseOf(file: string | undefined, env: NodeJS.ProcessEnv): string {
  const known = env.PERSONAL_DATA_DATABASE_URL || readRunning(file, env).keysDatabase;
  if (known) return known;
  throw new Refusal(
    'PERSONAL_DATA_DATABASE_URL is missing: set it to the database of the keys, or start the system with npm start here.',
  );
}

function securityOf(variables: Variables, brokers: readonly string[]): Security | undefined {
  try {
    return securityFrom(variables, brokers);
  } catch (error) {
    throw error instanceof SecurityProblem ? new Refusal(error.message) : error;
  }
}

/** Without an own URL for operators, a service serves them at its only URL. */
function adminUrlOf(name: ServiceName, env: NodeJS.ProcessEnv, { urls, adminUrls }: Running): string {
  const urlOf = (suffix: 'ADMIN_URL' | 'URL') => url(env[variableOf(name, suffix)], variableOf(name, suffix));
  const known = urlOf('ADMIN_URL') ?? urlOf('URL') ?? adminUrls?.[name] ?? urls?.[name];
  return known ?? `http://127.0.0.1:${env[variableOf(name, 'ADMIN_PORT')] || adminPortOf(name)}`;
}

const usual = (name: ServiceName, env: NodeJS.ProcessEnv) =>
  `http://127.0.0.1:${env[variableOf(name, 'PORT')] || services[name].port}`;

function brokersNamed(text: string): string[] {
  const brokers = brokersIn(text);
  if (!brokers) throw new Refusal(`KAFKA_BROKERS is ${JSON.stringify(text)}; expected ${BROKERS_EXPECTED}.`);
  return brokers;
}

function url(text: string | undefined, name: string): string | undefined {
  if (!text) return undefined;
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) {
    throw new Refusal(`${name} is ${JSON.stringify(text)}; expected an address such as http://127.0.0.1:3000.`);
  }
  return text.replace(/\/+$/, '');
}

function readRunning(file: string | undefined, env: NodeJS.ProcessEnv): Running {
  const path = file ?? join(env.QUADRILLE_DATA_DIR || '.quadrille', 'running.json');
  const unreadable = (why: string) =>
    new Refusal(`${path} cannot be read (${why}): name the file that npm start wrote, or none.`);
  let running: unknown;
  try {
    // Some editors write a byte order mark.
    running = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    // The default file may be missing, an explicit one not.
    if (file === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unreadable((error as Error).message);
  }
  if (!isRunning(running)) throw unreadable('it has no addresses of a system');
  return running;
}

const isRunning = (value: unknown): value is Running =>
  isRecord(value) &&
  isTexts(value.urls ?? {}) &&
  isTexts(value.adminUrls ?? {}) &&
  isTexts(value.databases ?? {}) &&
  isTexts(value.brokers ?? []) &&
  isTexts(value.security ?? {}) &&
  isTexts([value.identityProvider ?? '', value.keysDatabase ?? '']);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
