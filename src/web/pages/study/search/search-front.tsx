import { useMemo, type ReactElement } from "react";
import type { OptimizationDocument } from "../../../api/search-document.js";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { frontOption, type FrontPoint } from "../../../charts/front.js";
import { formatShare } from "../../../format/numbers.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { measuredTrials } from "./search-data.js";
import { formatOf } from "./search-options.js";

/** Trials by two objectives, and the line of those that no other beats. */
export function SearchFront({ document: { objectives, trials, front } }: { document: OptimizationDocument }): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [chosen, choose] = useUrlState("against", "");
  const [first, ...others] = objectives;
  const against = Math.max(
    1,
    objectives.findIndex(({ name }, i) => i > 0 && name === chosen),
  );
  const second = objectives[against];
  const points = useMemo((): FrontPoint[] => {
    if (!first || !second) return [];
    const ys = new Map(measuredTrials(trials, { ...first, index: 0 }).map((one) => [one.trial.trial, one]));
    return measuredTrials(trials, { ...second, index: against }).flatMap((x): FrontPoint[] => {
      const y = ys.get(x.trial.trial);
      if (!y) return [];
      const ends = ({ value: mean, low, high }: typeof x) => ({ mean, low, high });
      const isOnFront = front?.trials.includes(x.trial.trial) ?? false;
      const notes = Object.entries(x.trial.params).map(([name, value]) => `${name.slice(0, 30)} ${String(value).slice(0, 40)}`);
      return [{ name: `Trial ${x.trial.trial + 1}`, x: ends(x), y: ends(y), isOnFront, notes, run: x.trial.run_id }];
    });
  }, [first, second, trials, against, front]);
  const option = useMemo(
    () => first && second && frontOption(points, [formatOf(second), formatOf(first)], colors),
    [points, first, second, colors],
  );
  if (!option || points.length === 0) return null;
  return (
    <figure className="card wide">
      <figcaption dir="auto">
        Front
        <NameSelect label="Against" names={others.map(({ name }) => name)} value={second?.name ?? ""} choose={choose} />
        <small className="soft">
          green: no other trial beats it in all objectives, by what was measured
          {front && `; it covers ${formatShare(front.hypervolume)} of the box of all trials`}
        </small>
      </figcaption>
      <Chart option={option} label={`${first?.name ?? ""} against ${second?.name ?? ""}`} height={320} onPick={openRun} />
    </figure>
  );
}
