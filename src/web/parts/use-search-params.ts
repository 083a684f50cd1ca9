import { useCallback, useMemo } from "react";
import { navigate, useSearch } from "wouter/use-browser-location";

type SetParams = (params: URLSearchParams) => void;

/**
 * The parameters of the address as the browser has them, and a function that replaces them. (wouter's own hook decodes them twice, so that
 * a typed %41 becomes A.)
 */
export function useSearchParams(): [URLSearchParams, SetParams] {
  const search = useSearch();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback<SetParams>((next) => {
    navigate(`${window.location.pathname}${next.size === 0 ? "" : `?${next}`}${window.location.hash}`, { replace: true });
  }, []);
  return [params, set];
}
