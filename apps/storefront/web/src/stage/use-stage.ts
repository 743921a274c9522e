import { useEffect, useRef, useState } from 'react';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { watchStream } from '../api/watch-stream.js';

/** Number of stored snapshots for the curves: two minutes. */
const REMEMBERED = 120;

/** The page's data of the stage. */
export interface Stage {
  /** The latest snapshot; undefined until the first. */
  readonly now: Snapshot | undefined;
  /** Earlier ones, the latest last. */
  readonly history: readonly Snapshot[];
  /** False while the storefront cannot be reached: the snapshot is then outdated. */
  readonly connected: boolean;
}

/** Watches the stage while the component is mounted: one snapshot per second, for any number of events. */
export function useStage(onPicture?: (snapshot: Snapshot) => void): Stage {
  const [stage, setStage] = useState<Stage>({ now: undefined, history: [], connected: true });
  const latest = useRef(onPicture);
  useEffect(() => {
    latest.current = onPicture;
  });
  useEffect(
    () =>
      watchStream({ path: '/stage/live' }, ({ event, data }) => {
        if (event === 'lost') setStage((before) => ({ ...before, connected: false }));
        if (event !== 'stage') return;
        const now = JSON.parse(data) as Snapshot;
        setStage(({ history }) => ({ now, history: [...history, now].slice(-REMEMBERED), connected: true }));
        latest.current?.(now);
      }),
    [],
  );
  return stage;
}
