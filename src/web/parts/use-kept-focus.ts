import { useCallback, useEffect, useRef, type RefObject } from "react";

interface KeptFocus<T extends HTMLElement> {
  /** Where the keyboard stays. */
  place: RefObject<T | null>;
  /** Says that what is done now removes the button it was done with. */
  keep: () => void;
}

/** For buttons that go when what they do is done: once the state is another one, the keyboard is on the last button of a place, not at the page's start. */
export function useKeptFocus<T extends HTMLElement>(state: unknown): KeptFocus<T> {
  const place = useRef<T>(null);
  const isDue = useRef(false);
  const keep = useCallback(() => {
    isDue.current = true;
  }, []);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    if (isDue.current && document.activeElement === document.body) [...(place.current?.querySelectorAll("button") ?? [])].at(-1)?.focus();
    isDue.current = false;
  }, [state]);
  return { place, keep };
}
