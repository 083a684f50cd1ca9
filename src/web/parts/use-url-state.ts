import { useCallback } from "react";
import { useSearchParams } from "./use-search-params.js";

/** A text kept in the address under a name, and a function that changes it; what is as usual is left out of the address. */
export function useUrlState(name: string, usual: string): [string, (value: string) => void] {
  const [params, setParams, now] = useSearchParams();
  const set = useCallback(
    (value: string) => {
      const next = now();
      if (value === usual) next.delete(name);
      else next.set(name, value);
      setParams(next);
    },
    [name, usual, setParams, now],
  );
  return [params.get(name) ?? usual, set];
}
