import { useState, type ReactElement } from "react";

interface Value {
  key: string;
  value: string;
}

/** With more than this many values there is a field to find one. */
const MANY = 12;
/** Longer values are folded. */
const LONG = 600;

/** Named texts in full, in order of their names. */
export function ValueList({ title, values, none }: { title: string; values: readonly Value[]; none: string }): ReactElement {
  const [words, setWords] = useState("");
  const has = ({ key, value }: Value) => `${key}\n${value}`.toLowerCase().includes(words.toLowerCase());
  const shown = [...values].sort((a, b) => a.key.localeCompare(b.key)).filter(has);
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {values.length > 0 && <span className="count">{values.length}</span>}
        {values.length > MANY && (
          <input
            type="search"
            aria-label={`Find in ${title}`}
            placeholder="Find…"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </div>
      {values.length === 0 && <p className="soft">{none}</p>}
      <dl className="values">
        {shown.map(({ key, value }) => (
          <div key={key}>
            <dt dir="auto">{key}</dt>
            <dd>
              <LongText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A text with its line breaks; a long one is folded until it is asked for. */
export function LongText({ text }: { text: string }): ReactElement {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > LONG;
  return (
    <>
      <span className="value-text" dir="auto">
        {text === "" ? <i>empty</i> : isLong && !isWhole ? `${text.slice(0, LONG)}…` : text}
      </span>
      {isLong && (
        <button type="button" className="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${text.length.toLocaleString("en-US")} characters`}
        </button>
      )}
    </>
  );
}
