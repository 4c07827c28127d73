import { useEffect, useState } from 'react';
import { useMedia } from './use-media.ts';

/** The time in milliseconds: four times a second while something runs, once where motion is to be reduced, and never else. */
export function useClock(isRunning: boolean): number {
  const isCalm = useMedia('(prefers-reduced-motion: reduce)');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return undefined;
    const tick = (): void => {
      if (document.visibilityState === 'visible') setNow(Date.now());
    };
    const timer = setInterval(tick, isCalm ? 1000 : 250);
    return () => clearInterval(timer);
  }, [isRunning, isCalm]);
  return now;
}
