import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { CommonEnvironment } from './environment.js';

/** Fields that must never be logged, at any depth. */
const SECRETS = [
  ...['authorization', 'cookie', 'password', 'token', 'secret', 'databaseUrl'],
  ...['DATABASE_URL', 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_CLIENT_SECRET'],
];
const REDACTED = SECRETS.flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
  `headers.${name}`,
  `req.headers.${name}`,
]);

/** A password in a URL, which error messages of drivers often quote. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+(@)/gi;
const withoutUrlPasswords = (text: string): string => text.replace(URL_PASSWORD, '$1***$2');

type LoggingEnvironment = Pick<CommonEnvironment, 'LOG_LEVEL' | 'LOG_PRETTY'>;

/**
 * Creates the log of a service: one JSON line per entry on standard output, or readable lines on a terminal. Every line has the
 * service's name; a line about a saga has its key under the name in the events (`orderId`), and the `traceId` of its trace.
 */
export function serviceLog(service: string, env: LoggingEnvironment, destination?: DestinationStream): Logger {
  const forPeople = env.LOG_PRETTY ?? process.stdout.isTTY === true;
  return pino(
    {
      level: env.LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '***' },
      serializers: { err: errorWithoutPasswords, error: errorWithoutPasswords },
      hooks: { streamWrite: withoutUrlPasswords },
    },
    destination ??
      (forPeople
        ? pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname,service', singleLine: true })
        : pino.destination(1)),
  );
}

function errorWithoutPasswords(error: unknown): unknown {
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}

/** A line of an app with fields: `{ msg: 'not sent', orderId }`. */
const isFields = (message: unknown): message is { readonly msg: string } =>
  typeof (message as { msg?: unknown } | null)?.msg === 'string';

/** Messages that Nest logs at every boot without a use. */
const CHATTER = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Routes Nest's own log into the service's. */
export function nestLog(log: Logger): LoggerService {
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.findLast((each): each is string => typeof each === 'string');
      // The application also throws these errors, and the boot reports them in a sentence.
      const isExpected = level === 'error' && context === 'NestApplication';
      const chatter = isExpected || (level === 'info' && CHATTER.has(context ?? ''));
      const at = chatter ? 'debug' : level;
      // Messages below the level are not formatted.
      if (!log.isLevelEnabled(at)) return;
      if (message instanceof Error) log[at]({ err: message, context });
      else if (isFields(message)) log[at]({ context, ...message });
      else log[at]({ context }, typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: write('info'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
    fatal: write('fatal'),
  };
}
