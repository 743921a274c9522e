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
  /** Set once it is connected. */
  readonly socket?: Pick<Socket, 'destroy'>;
}

/** The connections of kafkajs to one broker. */
export interface ConnectionPool {
  readonly pool: readonly Connection[];
}

/** A request has a timeout of ten seconds. */
const LOOK_FOR_UNANSWERED_EVERY_MS = 1_000;

/** Repairs three faults of kafkajs in these connections alone. Specs detect a release that has fixed them. */
export function mendConnections<Pool extends ConnectionPool>(connections: Pool): Pool {
  for (const connection of connections.pool) {
    checkOnlyWhatIsPending(connection.requestQueue);
    checkForTimeoutsRarely(connection.requestQueue);
    closeWhereUnanswered(connection, connections);
  }
  return connections;
}

/** Without pending requests kafkajs sets a negative timeout, and so wakes up every millisecond, indefinitely. */
function checkOnlyWhatIsPending(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

/** kafkajs checks ten times per second on each connection, which is most of an idle process's work. */
function checkForTimeoutsRarely(queue: RequestQueue): void {
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
 * Closes a connection with an unanswered request: it may be dead without a signal, and a retry on it would also time out. A new
 * connection may work. The fault of one connection to a broker usually affects all: detected one after the other, each would cost
 * its own timeout.
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
