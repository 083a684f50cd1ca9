import { useState, type ReactElement } from "react";
import { formatNumber } from "../format/numbers.js";

/** So many members are shown until more are asked for. */
const STEP = 100;
/** Down to this level all is unfolded at first. */
const OPEN_LEVELS = 2;

/** JSON as a tree that folds. */
export function JsonTree({ value }: { value: unknown }): ReactElement {
  return (
    <div className="json">
      <Node value={value} level={0} />
    </div>
  );
}

function Node({ name, value, level }: { name?: string; value: unknown; level: number }): ReactElement {
  const label = name === undefined ? null : <span className="json-key">{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className="json-leaf" dir="auto">
        {label}
        <span className={`json-${value === null ? "null" : typeof value === "bigint" ? "number" : typeof value}`}>{leaf(value)}</span>
      </div>
    );
  }
  return <Branch {...{ label, level }} value={value} />;
}

interface BranchProps {
  label: ReactElement | null;
  value: object;
  level: number;
}

function Branch({ label, value, level }: BranchProps): ReactElement {
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS);
  const [most, setMost] = useState(STEP);
  const names = Array.isArray(value) ? undefined : Object.keys(value);
  const length = names?.length ?? (value as unknown[]).length;
  const size = names ? `{${formatNumber(length)}}` : `[${formatNumber(length)}]`;
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary dir="auto">
        {label}
        <small>{size}</small>
      </summary>
      {isOpen && firstMembers(value, names, most).map(([key, each]) => <Node key={key} name={key} value={each} level={level + 1} />)}
      {isOpen && length > most && (
        <button type="button" className="link" onClick={() => setMost(most + STEP * 5)}>
          {formatNumber(length - most)} more
        </button>
      )}
    </details>
  );
}

/** Only what is shown is taken: a list may have millions of members. */
function firstMembers(value: object, names: readonly string[] | undefined, most: number): [string, unknown][] {
  if (names) return names.slice(0, most).map((name) => [name, (value as Record<string, unknown>)[name]]);
  return (value as unknown[]).slice(0, most).map((each, i) => [String(i), each]);
}

function leaf(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
