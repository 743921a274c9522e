import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** A saga takes less time than one needs to see it: it is shown a beat an event. */
const BEAT_MS = 620;

export interface Paced {
  /** How many events are shown. */
  readonly shown: number;
  readonly playing: boolean;
  /** Shows it from the beginning. */
  again(): void;
  /** Shows all there is. */
  finish(): void;
}

/**
 * Shows what is known one after the other, slowly enough to follow. With `play` from the beginning, otherwise only what is still to
 * come. Who wants no motion sees everything at once.
 */
export function usePaced(known: number | undefined, play: boolean): Paced {
  const still = useReducedMotion();
  const [shown, setShown] = useState<number | undefined>(play ? 0 : undefined);
  useEffect(() => {
    if (known === undefined) return;
    if (shown === undefined || (still && shown < known)) {
      setShown(known);
      return;
    }
    if (shown >= known) return;
    const timer = setTimeout(() => setShown(shown + 1), BEAT_MS);
    return () => clearTimeout(timer);
  }, [known, shown, still]);
  return {
    shown: Math.min(shown ?? 0, known ?? 0),
    playing: known !== undefined && shown !== undefined && shown < known,
    again: () => setShown(0),
    finish: () => setShown(known),
  };
}
