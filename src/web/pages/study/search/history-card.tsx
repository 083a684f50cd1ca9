import { useMemo, type ReactElement } from "react";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import type { MeasuredTrial, Objective } from "./search-data.js";
import { historyOption } from "./search-options.js";

/** All trials in the order in which they were tried. */
export function HistoryCard({ measured, objective }: { measured: readonly MeasuredTrial[]; objective: Objective }): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const option = useMemo(() => historyOption(measured, objective, colors), [measured, objective, colors]);
  const hasHollow = measured.some(({ trial }) => trial.state !== "finished" || trial.feasible === false);
  return (
    <figure className="card wide">
      <figcaption dir="auto">
        History of {objective.name}
        <small className="soft">
          green: the best measured so far{objective.index === 0 && "; whiskers: ± 1.96 standard errors"}
          {hasHollow && "; hollow: stopped early, failed, or breaking a constraint"}
        </small>
      </figcaption>
      <Chart option={option} label={`History of ${objective.name}; the table of trials has the numbers`} height={280} onPick={openRun} />
    </figure>
  );
}
