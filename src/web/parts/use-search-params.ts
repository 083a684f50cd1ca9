import { useMemo } from "react";
import { usePlace } from "./place.js";

/** The parameters of the address, a function that replaces them, and one that reads them as they are by then. */
export function useSearchParams(): [params: URLSearchParams, set: (params: URLSearchParams) => void, now: () => URLSearchParams] {
  const { useSearch, search: read, replace } = usePlace();
  const search = useSearch();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const now = useMemo(() => () => new URLSearchParams(read()), [read]);
  return [params, replace, now];
}
