import { useSyncExternalStore } from "react";
import { memoryLocation } from "wouter/memory-location";
import type { Place } from "../parts/place.js";

/** The place of a page in a file: what would be in its address is kept as long as the page is open, for browsers change no address of a file. */
export function filePlace(): Place {
  let search = "";
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    isFile: true,
    useSearch: () => useSyncExternalStore(subscribe, () => search),
    search: () => search,
    replace: (params) => {
      search = params.toString();
      for (const listener of listeners) listener();
    },
  };
}

/** A page in a file leads nowhere. */
export const nowhere = memoryLocation({ path: "/", static: true });
