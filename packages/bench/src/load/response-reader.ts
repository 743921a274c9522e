const HEAD_END = Buffer.from('\r\n\r\n');
/** `HTTP/1.1 202 Accepted` */
const STATUS_AT = 9;

/** Splits a stream of HTTP/1.1 answers into status and body, independent of chunk boundaries. */
export class ResponseReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly onResponse: (status: number, body: Buffer) => void) {}

  /** Throws if an answer has no Content-Length, because its end is unknown. */
  read(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const headEnd = all.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = all.toString('latin1', 0, headEnd);
      const bodyAt = headEnd + HEAD_END.length;
      const end = bodyAt + lengthOf(head);
      if (all.length < end) break;
      this.onResponse(Number(head.slice(STATUS_AT, STATUS_AT + 3)), all.subarray(bodyAt, end));
      all = all.subarray(end);
    }
    this.#rest = all;
  }
}

function lengthOf(head: string): number {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length === undefined) throw new Error(`An answer has no Content-Length: ${head.split('\r\n')[0]}`);
  return Number(length);
}
