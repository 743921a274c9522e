import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A schema as it was registered. */
interface Registered {
  readonly subject: string;
  readonly schema: string;
  readonly schemaType: string;
}

const FIRST_ID = 42;
const CONTENT = 'application/vnd.schemaregistry.v1+json';

/**
 * A schema registry in memory, for specs: the requests of a serializer with the paths, answers and error codes of Confluent's
 * (https://docs.confluent.io/platform/current/schema-registry/develop/api.html). It does not check compatibility: `refuse` stands for that.
 */
export class LocalSchemaRegistry {
  private readonly schemas = new Map<number, Registered>();
  private readonly refused = new Set<string>();
  private isDown = false;
  /** Requests since the start, such as `GET /schemas/ids/42`. */
  readonly requests: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LocalSchemaRegistry> {
    const server = createServer();
    const registry = new LocalSchemaRegistry(server);
    server.on('request', (request, response) => void registry.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get subjects(): string[] {
    return [...new Set([...this.schemas.values()].map(({ subject }) => subject))];
  }

  /** Adds a schema, as another writer would; returns its id. */
  add(subject: string, schema: string, schemaType = 'AVRO'): number {
    const [known] = [...this.schemas].find(([, each]) => each.schema === schema && each.subject === subject) ?? [];
    const id = known ?? FIRST_ID + this.schemas.size;
    this.schemas.set(id, { subject, schema, schemaType });
    return id;
  }

  /** Answers that new schemas of a subject are incompatible, or takes them again. */
  refuse(subject: string, isRefused = true): void {
    this.refused[isRefused ? 'add' : 'delete'](subject);
  }

  /** Answers 503 to everything, as behind a proxy, or works again. */
  down(isDown = true): void {
    this.isDown = isDown;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    this.requests.push(`${request.method} ${request.url}`);
    const [status, answer] = this.isDown ? [503, { message: 'down' }] : this.answerTo(request.url ?? '', body);
    response.writeHead(status, { 'content-type': CONTENT }).end(JSON.stringify(answer));
  }

  private answerTo(path: string, body: { schema?: string; schemaType?: string }): [number, object] {
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(path);
    if (byId) {
      const found = this.schemas.get(Number(byId[1]));
      if (!found) return [404, { error_code: 40403, message: 'Schema not found' }];
      const { schema, schemaType } = found;
      return [200, { schema, ...(schemaType !== 'AVRO' && { schemaType }) }];
    }
    const [, named, versions] = /^\/subjects\/([^/]+)(\/versions)?$/.exec(path) ?? [];
    if (named === undefined || body.schema === undefined) return [404, { error_code: 404, message: 'Not found' }];
    const subject = decodeURIComponent(named);
    if (versions && this.refused.has(subject))
      return [409, { error_code: 409, message: 'Schema being registered is incompatible' }];
    if (versions) return [200, { id: this.add(subject, body.schema, body.schemaType) }];
    const [id] = [...this.schemas].find(([, each]) => each.subject === subject && each.schema === body.schema) ?? [];
    return id === undefined ? [404, { error_code: 40403, message: 'Schema not found' }] : [200, { id, subject }];
  }
}

async function bodyOf(request: IncomingMessage): Promise<{ schema?: string; schemaType?: string }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
}
