import { startTransition, useEffect, useRef, useState, type ReactElement, type ReactNode } from "react";

/** What is so far below the window is made already. */
const AHEAD = "300px";

/** Makes what is in it once it is seen, or nearly: what is at the top of a page does not wait for what is below it. */
export function WhenSeen({ height, children }: { height: number; children: ReactNode }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isSeen || !place.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) startTransition(() => setSeen(true));
      },
      { rootMargin: AHEAD },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return isSeen ? <>{children}</> : <div ref={place} className="card" style={{ minHeight: height }} />;
}
