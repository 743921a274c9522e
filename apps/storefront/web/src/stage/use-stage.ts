import { useEffect, useRef, useState } from 'react';
import type { Snapshot } from '../../../src/stage/snapshot.js';

/** So many pictures are remembered for the curves: two minutes. */
const REMEMBERED = 120;
/** How soon a connection is opened anew that the browser gave up. */
const REOPEN_MS = 2_000;

/** What the page knows of the stage. */
export interface Stage {
  /** The latest picture; undefined until the first. */
  readonly now: Snapshot | undefined;
  /** Earlier ones, the latest last. */
  readonly history: readonly Snapshot[];
  /** False while the storefront cannot be reached: the picture is then an old one. */
  readonly connected: boolean;
}

/** Watches the stage while the component is there: a picture a second, however much happens. */
export function useStage(onPicture?: (snapshot: Snapshot) => void): Stage {
  const [stage, setStage] = useState<Stage>({ now: undefined, history: [], connected: true });
  const told = useRef(onPicture);
  useEffect(() => {
    told.current = onPicture;
  });
  useEffect(() => {
    let source: EventSource | undefined;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource('/stage/live');
      source.addEventListener('stage', ({ data }) => {
        const now = JSON.parse(data) as Snapshot;
        setStage(({ history }) => ({ now, history: [...history, now].slice(-REMEMBERED), connected: true }));
        told.current?.(now);
      });
      source.addEventListener('error', () => {
        setStage((before) => ({ ...before, connected: false }));
        // Browsers come back by themselves, but not after an answer that is no stream, as while the storefront starts.
        if (source?.readyState === EventSource.CLOSED) reopen = setTimeout(open, REOPEN_MS);
      });
    };
    open();
    return () => {
      clearTimeout(reopen);
      source?.close();
    };
  }, []);
  return stage;
}
