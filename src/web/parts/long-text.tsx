import { useState, type ReactElement } from "react";
import { formatNumber } from "../format/numbers.js";

/** Longer texts are folded. */
const LONG = 600;

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
          {isWhole ? "Show less" : `Show all ${formatNumber(text.length)} characters`}
        </button>
      )}
    </>
  );
}
