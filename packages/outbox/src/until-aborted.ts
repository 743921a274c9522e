/**
 * As `work`, or resolves when the signal is aborted before. Unlike a race against one promise that never ends, it leaves nothing behind
 * on the signal: a relay does this for every batch of its life.
 */
export function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    work.finally(() => signal.removeEventListener('abort', give)).then(resolve, reject);
  });
}
