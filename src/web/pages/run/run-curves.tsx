import { useMemo, useState, type ReactElement } from "react";
import { compareNames } from "../../../lib/base/pages/texts.js";
import type { RunRow } from "../../api/documents.js";
import type { Run } from "../../api/runs.js";
import { CurvesPanel, CurveTools } from "../../charts/curves-panel.js";
import { useCurveSettings } from "../../charts/use-curve-settings.js";
import { formatNumber } from "../../format/numbers.js";
import { Empty } from "../../parts/states.js";

const AT_FIRST = 12;

/** The curves of a run's metrics that have more than one point. */
export function RunCurves({ run, row }: { run: Run; row: RunRow | undefined }): ReactElement {
  const { run_id, run_name = run_id } = run.info;
  const [settings, change] = useCurveSettings();
  const [words, setWords] = useState("");
  const [most, setMost] = useState(AT_FIRST);
  const names = useMemo(() => new Map([[run_id, run_name]]), [run_id, run_name]);
  const runIds = useMemo(() => [run_id], [run_id]);
  const all = Object.entries(row?.metrics ?? {}).filter(([, { points }]) => points > 1);
  const keys = all.map(([key]) => key).filter((key) => key.toLowerCase().includes(words.toLowerCase()));
  if (all.length === 0) return <Empty title="No metric of this run has more than one point" />;
  return (
    <>
      <div className="tools">
        <input
          type="search"
          aria-label="Find a metric"
          placeholder="Find a metric"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <CurveTools settings={settings} change={change} />
      </div>
      <div className="panels">
        {keys
          .sort((a, b) => compareNames(a, b))
          .slice(0, most)
          .map((metric) => (
            <CurvesPanel key={metric} {...{ metric, runIds, names, settings }} />
          ))}
      </div>
      {keys.length > most && (
        <button type="button" onClick={() => setMost(most + AT_FIRST)}>
          Show {Math.min(AT_FIRST, keys.length - most)} more of {formatNumber(keys.length)}
        </button>
      )}
    </>
  );
}
