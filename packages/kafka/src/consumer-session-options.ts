import type { BatchAssembler } from './batch-assembler.js';
import type { Connection } from './client.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';

/** The settings and callbacks of a member. */
export interface ConsumerSessionOptions {
  readonly connection: Connection;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly assembler: BatchAssembler;
  /** Called before offsets are committed: resolves when all deferred work of the records is durable as well. */
  readonly settle: () => Promise<void>;
  /** The currently paused topics; read anew each time. */
  readonly paused: ReadonlySet<string>;
  readonly limits: Limits;
  readonly log: Log;
  /** Records were removed before this group consumed them: at most this many. */
  readonly onLost: (records: number) => void;
  readonly onActivity: () => void;
  readonly onJoin: () => void;
  readonly onCrash: (error: Error) => void;
}
