import { useMemo, type ReactElement } from "react";
import type { RunRow } from "../api/documents.js";
import { count } from "../format/numbers.js";
import { useUrlState } from "../parts/use-url-state.js";
import { CurvesPanel, CurveTools } from "./curves-panel.js";
import { useCurveSettings } from "./use-curve-settings.js";

const MOST_CURVES = 100;

/** The curves of a metric in the first runs that have one, over each other; nothing where no run has a curve. */
export function CurvesOfRuns({ runs }: { runs: readonly RunRow[] }): ReactElement | null {
  const [settings, change] = useCurveSettings();
  const [chosen, choose] = useUrlState("curve", "");
  const keys = useMemo(() => {
    const found = new Map<string, number>();
    for (const run of runs) {
      for (const [key, { points }] of Object.entries(run.metrics)) if (points > 1) found.set(key, (found.get(key) ?? 0) + 1);
    }
    return [...found].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  }, [runs]);
  const metric = keys.includes(chosen) ? chosen : (keys[0] ?? "");
  const drawn = useMemo(() => runs.filter((run) => (run.metrics[metric]?.points ?? 0) > 1), [runs, metric]);
  const runIds = useMemo(() => drawn.slice(0, MOST_CURVES).map(({ run_id }) => run_id), [drawn]);
  const names = useMemo(() => new Map(runs.map(({ run_id, run_name }) => [run_id, run_name])), [runs]);
  if (keys.length === 0) return null;
  return (
    <section className="wide" aria-label="Curves">
      <div className="tools">
        <label>
          Curve of
          <select value={metric} onChange={(event) => choose(event.target.value)}>
            {keys.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </select>
        </label>
        <CurveTools settings={settings} change={change} />
        {drawn.length > MOST_CURVES && (
          <span className="soft">
            the first {MOST_CURVES} of {count(drawn.length, "run")} with a curve
          </span>
        )}
      </div>
      <CurvesPanel {...{ metric, runIds, names, settings }} height={360} />
    </section>
  );
}
