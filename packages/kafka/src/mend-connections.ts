import type { Socket } from 'node:net';

interface SocketRequest {
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutHandler(): void;
  timeoutRequest(): void;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, SocketRequest>;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
  createSocketRequest(request: never): SocketRequest;
}

interface Connection {
  readonly requestQueue: RequestQueue;
  /** Once it connects. */
  readonly socket?: Pick<Socket, 'destroy'>;
}

/** The connections of kafkajs to one broker. */
export interface ConnectionPool {
  readonly pool: readonly Connection[];
}

/** A request has ten seconds. */
const LOOK_FOR_UNANSWERED_EVERY_MS = 1_000;

/** Mends three faults of kafkajs in these connections alone. Specs say whether a release has mended them itself. */
export function mendConnections<Pool extends ConnectionPool>(connections: Pool): Pool {
  for (const connection of connections.pool) {
    checkOnlyWhatIsPending(connection.requestQueue);
    lookForUnansweredSeldom(connection.requestQueue);
    closeWhereUnanswered(connection, connections);
  }
  return connections;
}

/** Without pending requests kafkajs passes a negative timeout, and so wakes up every millisecond, forever. */
function checkOnlyWhatIsPending(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

/** kafkajs looks ten times a second on each connection, which is most of what an idle process does. */
function lookForUnansweredSeldom(queue: RequestQueue): void {
  queue.scheduleRequestTimeoutCheck = () => {
    queue.destroy();
    queue.requestTimeoutIntervalId = setInterval(() => {
      for (const request of [...queue.inflight.values()]) {
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!queue.isConnected()) queue.destroy();
    }, LOOK_FOR_UNANSWERED_EVERY_MS);
  };
}

/**
 * A connection on which a request is never answered may be dead without either side having noticed: the next request, sent on it
 * again, would wait as long for nothing. With a new connection it has a chance. What silenced one connection to a broker has silenced
 * all: found out one after the other, each would cost its own time.
 */
function closeWhereUnanswered(connection: Connection, { pool }: ConnectionPool): void {
  const { requestQueue } = connection;
  const create = requestQueue.createSocketRequest.bind(requestQueue);
  requestQueue.createSocketRequest = (pushed) => {
    const request = create(pushed);
    const timedOut = request.timeoutHandler;
    request.timeoutHandler = () => {
      timedOut();
      for (const { socket } of pool) socket?.destroy(new Error('A request was not answered in time.'));
    };
    return request;
  };
}
