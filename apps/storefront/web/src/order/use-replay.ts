import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** A saga is faster than the eye: its events are shown at this interval. */
const EVENT_INTERVAL_MS = 620;

export interface Replay {
  /** The number of shown events. */
  readonly shown: number;
  readonly playing: boolean;
  /** Replays from the beginning. */
  again(): void;
  /** Shows all events. */
  finish(): void;
}

/**
 * Shows the known events one after the other, slowly enough to follow: with `play` from the beginning, otherwise only new ones.
 * With reduced motion all are shown at once.
 */
export function useReplay(known: number | undefined, play: boolean): Replay {
  const still = useReducedMotion();
  const [shown, setShown] = useState<number | undefined>(play ? 0 : undefined);
  useEffect(() => {
    if (known === undefined) return;
    if (shown === undefined || (still && shown < known)) {
      setShown(known);
      return;
    }
    if (shown >= known) return;
    const timer = setTimeout(() => setShown(shown + 1), EVENT_INTERVAL_MS);
    return () => clearTimeout(timer);
  }, [known, shown, still]);
  return {
    shown: Math.min(shown ?? 0, known ?? 0),
    playing: known !== undefined && shown !== undefined && shown < known,
    again: () => setShown(0),
    finish: () => setShown(known),
  };
}
