import type { Socket } from 'node:net';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  createSocketRequest(request: never): { timeoutHandler(): void };
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

/** Mends two faults of kafkajs in these connections alone. Specs say whether a release has mended them itself. */
export function mendConnections<Pool extends ConnectionPool>(connections: Pool): Pool {
  for (const connection of connections.pool) {
    checkOnlyWhatIsPending(connection.requestQueue);
    closeWhereUnanswered(connection);
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

/**
 * A connection on which a request is never answered may be dead without either side having noticed: the next request, sent on it
 * again, would wait as long for nothing. With a new connection it has a chance.
 */
function closeWhereUnanswered(connection: Connection): void {
  const { requestQueue } = connection;
  const create = requestQueue.createSocketRequest.bind(requestQueue);
  requestQueue.createSocketRequest = (pushed) => {
    const request = create(pushed);
    const timedOut = request.timeoutHandler;
    request.timeoutHandler = () => {
      timedOut();
      connection.socket?.destroy(new Error('A request was not answered in time.'));
    };
    return request;
  };
}
