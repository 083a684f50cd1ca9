import { useMemo } from "react";
import type { RunColumns } from "../../api/documents.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { isIntervalEnd } from "../runs/columns.js";
import { differingDimensions, dimensionId, parseDimension, type Dimension } from "./chart-data.js";

/** The dimensions of some runs, together and by their kinds. */
export interface Dimensions {
  all: readonly Dimension[];
  params: readonly Dimension[];
  metrics: readonly Dimension[];
}

/** Dimensions worth an axis: those that tell runs apart, then all others. */
export function useDimensions(known: RunColumns): Dimensions {
  return useMemo(() => {
    const keys = new Set(known.metrics.map(({ key }) => key));
    const isWanted = ({ kind, key }: Dimension) => kind === "param" || !isIntervalEnd(key, keys);
    const found = [
      ...differingDimensions(known),
      ...known.params.map(({ key }): Dimension => ({ kind: "param", key })),
      ...known.metrics.map(({ key }): Dimension => ({ kind: "metric", key })),
    ];
    const all = [...new Map(found.filter(isWanted).map((dimension) => [dimensionId(dimension), dimension])).values()];
    return { all, params: all.filter(({ kind }) => kind === "param"), metrics: all.filter(({ kind }) => kind === "metric") };
  }, [known]);
}

/** The dimension that the address has under a name, else the usual one; and a function that chooses another by its id. */
export function useDimension(name: string, usual: Dimension | undefined): [Dimension | undefined, (id: string) => void] {
  const [id, choose] = useUrlState(name, "");
  return [useMemo(() => parseDimension(id), [id]) ?? usual, choose];
}
