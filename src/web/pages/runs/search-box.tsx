import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { experimentIdsOf } from "../../api/runs.js";
import { useColumns } from "../../live/use-columns.js";
import { Icon } from "../../parts/icon.js";
import { complete, readSearch, type Completion, type Known } from "./search-text.js";

interface Props {
  /** Where is searched: comma-separated ids of experiments, or "all". */
  experimentId: string;
  value: string;
  onChange: (text: string) => void;
  /** What the server says about the filter. */
  error: string | undefined;
}

/** A field for words or a filter of MLflow, which completes keys, values, and statuses. */
export function SearchBox({ experimentId, value, onChange, error }: Props): ReactElement {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  useEffect(() => setText((before) => (before.trim() === value ? before : value)), [value]);
  const known = useKnown(experimentId);
  const found = isOpen && known ? complete(text.slice(0, caret), known) : [];
  const put = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setActive(-1);
    onChange(next.trim());
  };
  const take = ({ from, text: completion }: Completion) => {
    const next = text.slice(0, from) + completion + text.slice(caret);
    put(next, from + completion.length);
    requestAnimationFrame(() => field.current?.setSelectionRange(from + completion.length, from + completion.length));
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && found.length > 0) setOpen(false);
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length > 0) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + found.length + (active === -1 && step === -1 ? 1 : 0)) % found.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && found[active]) {
      event.preventDefault();
      take(found[active]);
    }
  };
  return (
    <div className="search-box">
      <Icon name="search" />
      <input
        {...{ id, ref: field, value: text, onKeyDown }}
        type="search"
        role="combobox"
        aria-label="Search runs: words, or a filter"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint`}
        placeholder="Words, or metrics.accuracy > 0.8"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setOpen(true);
          put(event.target.value, event.target.selectionStart ?? event.target.value.length);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onBlur={() => setOpen(false)}
      />
      <span className={error === undefined ? "search-hint" : "search-hint search-error"} id={`${id}-hint`} role="status">
        {error ?? hint(text)}
      </span>
      <Completions {...{ id, found, active, take }} />
    </div>
  );
}

/** What all runs there have, whatever is searched for: what was typed so far may find none. */
function useKnown(experimentId: string): Known | undefined {
  const scope = { experiment_ids: experimentIdsOf(experimentId) };
  return useColumns(scope).data;
}

interface CompletionsProps {
  id: string;
  found: readonly Completion[];
  active: number;
  take: (completion: Completion) => void;
}

function Completions({ id, found, active, take }: CompletionsProps): ReactElement | null {
  if (found.length === 0) return null;
  return (
    <ul className="popover menu search-list" id={`${id}-list`} role="listbox" aria-label="Completions">
      {found.map((completion, i) => (
        <li
          key={completion.text}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === active}
          className="menu-item"
          data-focused={i === active || undefined}
          onPointerDown={(event) => {
            event.preventDefault();
            take(completion);
          }}
        >
          <code dir="auto">{completion.text}</code>
          <small>{completion.about}</small>
        </li>
      ))}
    </ul>
  );
}

function hint(text: string): string {
  if (text.trim() === "") return "";
  const search = readSearch(text);
  if (search === undefined) return "Filter: not finished";
  return "filter" in search ? "Filter" : "Words";
}
