import type { BatchAssembler } from './batch-assembler.js';
import type { Connection } from './client.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';

/** What a member is told, and whom it tells. */
export interface ConsumerSessionOptions {
  readonly connection: Connection;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly assembler: BatchAssembler;
  /** Before offsets are committed: resolves when all that the records have left to do is kept as well. */
  readonly settle: () => Promise<void>;
  /** Topics nothing is taken from for now; looked at anew each time. */
  readonly paused: ReadonlySet<string>;
  readonly limits: Limits;
  readonly log: Log;
  /** Records were removed before this group took them: so many at most. */
  readonly onLost: (records: number) => void;
  readonly onActivity: () => void;
  readonly onJoin: () => void;
  readonly onCrash: (error: Error) => void;
}
