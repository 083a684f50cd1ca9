import { useMemo, type ReactElement } from "react";
import type { SearchDimension, SurfaceDocument } from "../../../api/search-document.js";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { sequentialGradient } from "../../../charts/sequential.js";
import { formatScore } from "../../../format/scores.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { planeOption } from "./plane-option.js";
import { isFlat, planesOf, type MeasuredTrial, type Objective } from "./search-data.js";
import { formatOf } from "./search-options.js";

interface Props {
  surface: SurfaceDocument;
  space: readonly SearchDimension[];
  measured: readonly MeasuredTrial[];
  objective: Objective;
  best: number | undefined;
}

/** What is believed over two parameters, with the trials. */
export function PlaneCard({ surface, space, measured, objective, best }: Props): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [chosen, choose] = useUrlState("plane", "");
  const planes = useMemo(() => planesOf(surface).map((plane) => ({ id: `${plane.x.name} × ${plane.y.name}`, plane })), [surface]);
  const { id, plane } = planes.find((one) => one.id === chosen) ?? planes[0] ?? {};
  const option = useMemo(() => {
    const [x, y] = [plane?.x.name, plane?.y.name].map((name) => space.find((dimension) => dimension.name === name));
    return plane && x && y ? planeOption(plane, [x, y], { measured, objective, colors, best }) : undefined;
  }, [plane, space, measured, objective, colors, best]);
  if (!plane || !option || id === undefined) return null;
  const format = formatOf(objective);
  const all = plane.mean.flat();
  const held = Object.entries(surface.held ?? {}).filter(([name]) => name !== plane.x.name && name !== plane.y.name);
  return (
    <figure className="card wide">
      <figcaption dir="auto">
        {objective.name} over {plane.x.name} and {plane.y.name}
        <NameSelect label="Over" names={planes.map((one) => one.id)} value={id} choose={choose} />
        <span className="scale" style={{ background: sequentialGradient(colors.isDark) }} aria-hidden="true" />
        <small className="soft">
          believed {formatScore(format, Math.min(...all))} to {formatScore(format, Math.max(...all))}; dots: trials
          {best !== undefined && "; green: best"}
        </small>
      </figcaption>
      {isFlat(plane) && <p className="flat">Cannot tell: what is believed differs by less here than it is uncertain.</p>}
      <Chart option={option} label={`${objective.name} over ${id}, as believed, and the trials`} height={360} onPick={openRun} />
      {held.length > 0 && (
        <p className="soft" dir="auto">
          Held: {held.map(([name, value]) => `${name} ${String(value).slice(0, 60)}`).join(", ")}
        </p>
      )}
    </figure>
  );
}
