import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { count } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { saveFile } from "../../parts/save-file.js";
import { toJsonl, type KeptRow } from "./kept-rows.js";

/** The rows that were kept, to be looked through, removed, and downloaded as a dataset. */
export function KeptRows({ rows, keep }: { rows: readonly KeptRow[]; keep: (rows: readonly KeptRow[]) => void }): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <section className="card" aria-labelledby="kept">
      <div className="card-head">
        <h2 id="kept">{count(rows.length, "kept row")}</h2>
        <Button className="card-link" onPress={() => saveFile("playground.jsonl", toJsonl(rows), "application/x-ndjson")}>
          <Icon name="download" /> Download as JSONL
        </Button>
      </div>
      <ul className="list">
        {rows.map((row) => (
          <li key={row.id} className="kept-row">
            <div>
              <p dir="auto">{row.question}</p>
              <p className="soft" dir="auto">
                {row.answer}
              </p>
            </div>
            <Button aria-label={`Remove the row ${row.id}`} className="icon-button" onPress={() => keep(rows.filter((one) => one !== row))}>
              <Icon name="close" />
            </Button>
          </li>
        ))}
      </ul>
      <p className="soft">
        Kept in this browser. <code>llmops sweep temperature 0,1 --dataset playground.jsonl</code> measures settings with them.
      </p>
    </section>
  );
}
