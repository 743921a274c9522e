import { compiled } from './compiled.js';
import type { EventType } from './event.js';

/** A message that could not be read. `code` is stable and stored with the parked message. */
export class UnreadableMessage extends Error {
  constructor(
    readonly code:
      | 'unknown-type'
      | 'unknown-version'
      | 'unknown-schema'
      | 'invalid-data'
      | 'wrong-origin'
      | 'malformed'
      | 'too-large'
      | 'unreadable-bug',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UnreadableMessage';
  }
}

const VERSIONED = /^(.+)\.v([1-9]\d*)$/;

/** Splits `quadrille.payment.authorized.v1` into name and version; undefined for another format. */
export function parseCloudEventType(type: string): { wireName: string; version: number } | undefined {
  const match = VERSIONED.exec(type);
  return match?.[1] === undefined ? undefined : { wireName: match[1], version: Number(match[2]) };
}

/**
 * Converts the data of a stored or received event to the current version. Throws {@link UnreadableMessage} if the version is
 * newer than the contract, has no upcaster, or the result violates the schema.
 */
export function upcast<Data>(event: EventType<string, Data>, version: number, data: unknown): Data {
  if (version > event.version) {
    throw new UnreadableMessage(
      'unknown-version',
      `${event.name} has version ${version}, this service supports versions up to ${event.version}: deploy the newer contract first.`,
    );
  }
  let today = data;
  for (let at = version; at < event.version; at++) {
    const up = event.upcasters?.[at];
    if (!up) throw new UnreadableMessage('unknown-version', `${event.name} has no upcaster from version ${at}.`);
    today = raised(event.name, at, up, today);
  }
  const parsed = checked(event, today);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new UnreadableMessage('invalid-data', `${event.name}: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`);
}

/** An upcaster accepts data of its version; an exception in it means invalid data. */
function raised(name: string, version: number, up: (old: any) => unknown, data: unknown): unknown {
  try {
    return up(data);
  } catch (cause) {
    throw new UnreadableMessage(
      'invalid-data',
      `${name}: no data of version ${version} (${cause instanceof Error ? cause.message : typeof cause})`,
      { cause },
    );
  }
}

/** A schema may transform data, and a transformation may throw. */
function checked<Data>({ name, schema }: EventType<string, Data>, data: unknown) {
  try {
    return compiled(schema).safeParse(data);
  } catch (cause) {
    throw new UnreadableMessage(
      'invalid-data',
      `${name}: its schema throws (${cause instanceof Error ? cause.message : typeof cause})`,
      { cause },
    );
  }
}
