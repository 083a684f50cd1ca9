import type { ReactElement } from "react";
import type { OptimizationDocument } from "../../../api/search-document.js";
import { HistoryCard } from "./history-card.js";
import { ImportanceCard } from "./importance-card.js";
import { PlaneCard } from "./plane-card.js";
import type { MeasuredTrial, Objective } from "./search-data.js";
import { SearchFront } from "./search-front.js";
import { SliceCard } from "./slice-card.js";

interface Props {
  document: OptimizationDocument;
  measured: readonly MeasuredTrial[];
  objective: Objective;
}

/** The charts of a search by an objective. */
export function SearchCharts({ document, measured, objective }: Props): ReactElement {
  const { objectives, space, best } = document;
  // what is believed is of the first objective
  const surface = objective.index === 0 ? document.surface : null;
  return (
    <div className="panels">
      <HistoryCard measured={measured} objective={objective} />
      {objectives.length > 1 && <SearchFront document={document} />}
      {surface && <PlaneCard {...{ surface, space, measured, objective }} best={best?.trial} />}
      {surface && surface.importance.length > 1 && <ImportanceCard importance={surface.importance} objective={objective.name} />}
      {surface?.slices.map((slice) => (
        <SliceCard key={slice.name} {...{ slice, surface, space, measured, objective }} />
      ))}
    </div>
  );
}
