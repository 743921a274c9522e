interface Waiting<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the keys requested while a load runs, and loads them together next: one statement at a time for any number of
 * concurrent requests. A key that `load` does not return resolves to undefined.
 */
export function coalesce<Value>(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
  let waiting = new Map<string, Waiting<Value>>();
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      try {
        const values = await load([...batch.keys()]);
        for (const [key, { resolve }] of batch) resolve(values.get(key)!);
      } catch (error) {
        for (const { reject } of batch.values()) reject(error);
      }
    }
    isRunning = false;
  }

  return (key: string): Promise<Value> => {
    const known = waiting.get(key);
    if (known) return known.promise;
    let settle!: Pick<Waiting<Value>, 'resolve' | 'reject'>;
    const promise = new Promise<Value>((resolve, reject) => {
      settle = { resolve, reject };
    });
    waiting.set(key, { promise, ...settle });
    if (!isRunning) void run();
    return promise;
  };
}
