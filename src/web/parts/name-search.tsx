import type { ReactElement } from "react";
import { count } from "../format/numbers.js";

/** So many items of a list are shown until more words are typed. */
export const LISTED = 200;

interface SearchProps {
  /** What is found, as in "Find a model". */
  label: string;
  /** Also what else is looked in. */
  placeholder?: string;
  words: string;
  setWords: (words: string) => void;
}

/** The search field in the title line of a list. */
export function NameSearch({ label, placeholder = label, words, setWords }: SearchProps): ReactElement {
  return (
    <input
      type="search"
      className="title-search"
      aria-label={label}
      placeholder={placeholder}
      value={words}
      onChange={(event) => setWords(event.target.value)}
    />
  );
}

/** Says below a list how many of `found` it does not show; `noun` is one of them, as in "more model". */
export function NotListed({ found, noun }: { found: number; noun: string }): ReactElement | null {
  return found > LISTED ? <p className="soft">{count(found - LISTED, noun)}: find them by name.</p> : null;
}
