import { useEffect, useState } from 'react';

/** The current time, updated at an interval in ms while `running`: for spans that grow visibly. */
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
