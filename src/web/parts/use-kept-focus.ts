import { useEffect, useRef, type RefObject } from "react";

/** For buttons that change places when what they do is done: the keyboard stays among them instead of falling back to the page's start. */
export function useKeptFocus<T extends HTMLElement>(state: unknown): RefObject<T | null> {
  const place = useRef<T>(null);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    if (document.activeElement === document.body) [...(place.current?.querySelectorAll("button") ?? [])].at(-1)?.focus();
  }, [state]);
  return place;
}
