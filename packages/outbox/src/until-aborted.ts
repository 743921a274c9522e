/**
 * Settles like `work`, or resolves when the signal is aborted first. Unlike a race with one pending promise, it leaves no
 * listener on the signal: a relay calls it for every batch.
 */
export function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    work.finally(() => signal.removeEventListener('abort', give)).then(resolve, reject);
  });
}
