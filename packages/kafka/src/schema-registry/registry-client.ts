import { UnreadableMessage } from '@quadrille/choreography';

/** The address of a schema registry and its login. */
export interface RegistryConnection {
  /** `https://registry.example:8081`. */
  readonly url: string;
  readonly login?: { readonly username: string; readonly password: string };
  /** Timeout of a request in ms. */
  readonly timeoutMs?: number;
}

/** A schema as the registry has it. */
export interface RegisteredSchema {
  readonly schemaType: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly schema: string;
}

/** The registry does not answer, or not as it should: nothing is lost, and the same request is tried again. */
export class SchemaRegistryProblem extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SchemaRegistryProblem';
  }
}

const REGISTRY_TIMEOUT_MS = 5_000;
const CONTENT = 'application/vnd.schemaregistry.v1+json';
const NOT_FOUND = 404;
const CONFLICT = 409;
const UNPROCESSABLE = 422;
const REFUSED = new Set([401, 403]);
const MAX_SHOWN_CHARACTERS = 300;

/** The three requests that a codec needs. Answers are final, so each request is sent once; failures are not cached. */
export class RegistryClient {
  private readonly schemas = new Map<number, Promise<RegisteredSchema>>();
  private readonly ids = new Map<string, Promise<number>>();

  constructor(private readonly connection: RegistryConnection) {
    if (!URL.canParse(connection.url) || !/^https?:$/.test(new URL(connection.url).protocol)) {
      throw new Error(
        `${JSON.stringify(connection.url)} is no schema registry; expected http://host:8081 or https://….`,
      );
    }
  }

  /** The schema of an id. Rejects with an {@link UnreadableMessage} `unknown-schema` for an unknown id. */
  schemaOf(id: number): Promise<RegisteredSchema> {
    return cached(this.schemas, id, async () => {
      const { status, body } = await this.request(`schemas/ids/${id}`);
      if (status === NOT_FOUND) {
        throw new UnreadableMessage('unknown-schema', `The schema registry has no schema ${id}.`);
      }
      if (status !== 200 || typeof body.schema !== 'string') throw this.problem(status, body);
      return { schemaType: (body.schemaType as RegisteredSchema['schemaType']) ?? 'AVRO', schema: body.schema };
    });
  }

  /** The id of a schema under a subject. `register`: it is registered if it is not there; else it must be. */
  idOf(subject: string, schema: RegisteredSchema, register: boolean): Promise<number> {
    return cached(this.ids, subject, async () => {
      const path = `subjects/${encodeURIComponent(subject)}${register ? '/versions' : ''}`;
      const { status, body } = await this.request(path, schema);
      if (status === 200 && typeof body.id === 'number') return body.id;
      if (status === NOT_FOUND) {
        throw new SchemaRegistryProblem(
          `The schema registry has no such schema under ${subject}: register it, or set register to true.`,
        );
      }
      if (status === CONFLICT || status === UNPROCESSABLE) {
        throw new SchemaRegistryProblem(
          `The schema registry refuses the schema of ${subject} (${shown(body.message)}): change it compatibly, give the event a new version, or change the compatibility of the subject.`,
        );
      }
      throw this.problem(status, body);
    });
  }

  private async request(path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const { url, login, timeoutMs = REGISTRY_TIMEOUT_MS } = this.connection;
    const basic = login && Buffer.from(`${login.username}:${login.password}`).toString('base64');
    try {
      const answer = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
        method: body ? 'POST' : 'GET',
        headers: { accept: CONTENT, 'content-type': CONTENT, ...(basic && { authorization: `Basic ${basic}` }) },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: objectIn(text) };
    } catch (cause) {
      throw new SchemaRegistryProblem(`The schema registry ${originOf(url)} does not answer: ${reasonOf(cause)}.`, {
        cause,
      });
    }
  }

  private problem(status: number, { message }: Record<string, unknown>): SchemaRegistryProblem {
    const origin = originOf(this.connection.url);
    return new SchemaRegistryProblem(
      REFUSED.has(status)
        ? `The schema registry ${origin} refuses this login (${status}): correct login.`
        : `The schema registry ${origin} answers ${status}: ${shown(message)}`,
    );
  }
}

function cached<Key, Value>(known: Map<Key, Promise<Value>>, key: Key, load: () => Promise<Value>): Promise<Value> {
  const before = known.get(key);
  if (before) return before;
  const loading = load();
  known.set(key, loading);
  loading.catch(() => known.delete(key));
  return loading;
}

/** Without a login that stands in the URL. */
const originOf = (url: string): string => new URL(url).origin;

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

const shown = (message: unknown): string =>
  typeof message === 'string' ? message.slice(0, MAX_SHOWN_CHARACTERS) : 'no message';

function objectIn(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
