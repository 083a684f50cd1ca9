import { createContext, useContext } from "react";
import { navigate, useSearch } from "wouter/use-browser-location";

/** Where the pages are shown. */
export interface Place {
  /** In a file that has only what is in it: nothing can be changed, and there are no other pages. */
  isFile: boolean;
  /** The parameters of the address, as a hook. */
  useSearch: () => string;
  /** The parameters of the address right now. */
  search: () => string;
  /** Puts others in their place. */
  replace: (params: URLSearchParams) => void;
}

/** The browser's own address. (wouter's hook for it decodes parameters twice, so that a typed %41 becomes A.) */
const BROWSER: Place = {
  isFile: false,
  useSearch,
  search: () => window.location.search,
  replace: (params) =>
    navigate(`${window.location.pathname}${params.size === 0 ? "" : `?${params}`}${window.location.hash}`, { replace: true }),
};

/** Names the place to what is inside it; without it that is a server's page. */
export const PlaceContext = createContext(BROWSER);

/** Where the page is shown. */
export function usePlace(): Place {
  return useContext(PlaceContext);
}
