import { useMemo, type ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import { CurvesPanel, CurveTools } from "../../charts/curves-panel.js";
import { useCurveSettings } from "../../charts/use-curve-settings.js";
import { useUrlState } from "../../parts/use-url-state.js";

/** The curves of a metric in all the runs that have one, over each other; nothing where no run has a curve. */
export function ComparedCurves({ runs }: { runs: readonly RunRow[] }): ReactElement | null {
  const [settings, change] = useCurveSettings();
  const [chosen, choose] = useUrlState("curve", "");
  const keys = useMemo(() => {
    const found = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics).filter((key) => (metrics[key]?.points ?? 0) > 1)));
    return [...found].sort((a, b) => a.localeCompare(b));
  }, [runs]);
  const metric = keys.includes(chosen) ? chosen : (keys[0] ?? "");
  const runIds = useMemo(
    () => runs.filter(({ metrics }) => (metrics[metric]?.points ?? 0) > 1).map(({ run_id }) => run_id),
    [runs, metric],
  );
  const names = useMemo(() => new Map(runs.map(({ run_id, run_name }) => [run_id, run_name])), [runs]);
  if (keys.length === 0) return null;
  return (
    <section className="panels" aria-label="Curves">
      <div className="wide">
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
        </div>
        <CurvesPanel {...{ metric, runIds, names, settings }} height={360} />
      </div>
    </section>
  );
}
