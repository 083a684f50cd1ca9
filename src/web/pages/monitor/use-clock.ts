import { useEffect, useState } from "react";

const TICK_MS = 1000;

/** The time, to the second, for texts that say how long ago something was. */
export function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
