import { useState, type ReactElement } from "react";
import { compareNames } from "../../../lib/base/pages/texts.js";
import { formatNumber } from "../../format/numbers.js";
import { LongText } from "../../parts/long-text.js";

interface Value {
  key: string;
  value: string;
}

/** With more than this many values there is a field to find one. */
const MANY = 12;

/** Named texts in full, in order of their names. */
export function ValueList({ title, values, none }: { title: string; values: readonly Value[]; none: string }): ReactElement {
  const [words, setWords] = useState("");
  const has = ({ key, value }: Value) => `${key}\n${value}`.toLowerCase().includes(words.toLowerCase());
  const shown = [...values].sort((a, b) => compareNames(a.key, b.key)).filter(has);
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {values.length > 0 && <span className="count">{formatNumber(values.length)}</span>}
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
