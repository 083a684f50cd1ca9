import { useState, type ReactElement } from "react";

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
  return <Branch {...{ label, level }} members={Object.entries(value)} isList={Array.isArray(value)} />;
}

interface BranchProps {
  label: ReactElement | null;
  members: [string, unknown][];
  isList: boolean;
  level: number;
}

function Branch({ label, members, isList, level }: BranchProps): ReactElement {
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS);
  const [most, setMost] = useState(STEP);
  const size = isList ? `[${members.length}]` : `{${members.length}}`;
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary dir="auto">
        {label}
        <small>{size}</small>
      </summary>
      {isOpen && members.slice(0, most).map(([key, each]) => <Node key={key} name={key} value={each} level={level + 1} />)}
      {isOpen && members.length > most && (
        <button type="button" className="link" onClick={() => setMost(most + STEP * 5)}>
          {(members.length - most).toLocaleString("en-US")} more
        </button>
      )}
    </details>
  );
}

function leaf(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
