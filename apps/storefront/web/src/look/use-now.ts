import { useEffect, useState } from 'react';

/** The time, anew every so many milliseconds while `running`: for spans that grow before one's eyes. */
export function useNow(running: boolean, everyMs = 200): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [running, everyMs]);
  return now;
}
