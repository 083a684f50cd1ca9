import type { OptimizationDocument, PlaneDocument, SliceDocument, SurfaceDocument, TrialDocument } from "../../../api/search-document.js";
import type { ParamValue } from "../../../api/study-parts.js";

/** An objective of a search. */
export type Objective = OptimizationDocument["objectives"][number] & { index: number };

/** A trial with a value of an objective, and how sure it is where that is known. */
export interface MeasuredTrial {
  trial: TrialDocument;
  value: number;
  low: number | null;
  high: number | null;
}

/** Half of a 95 % interval in standard errors. */
const Z = 1.96;

/** The trials that have a value of an objective. Their errors are known for the first objective alone. */
export function measuredTrials(trials: readonly TrialDocument[], { index, kind }: Objective): MeasuredTrial[] {
  return trials.flatMap((trial): MeasuredTrial[] => {
    const value = trial.values ? (trial.values[index] ?? null) : trial.value;
    if (value === null) return [];
    const half = index === 0 && trial.se !== null ? Z * trial.se : null;
    const [least, most] = kind === "rate" ? [0, 1] : [-Infinity, Infinity];
    return [
      {
        trial,
        value,
        low: half === null ? null : Math.max(least, value - half),
        high: half === null ? null : Math.min(most, value + half),
      },
    ];
  });
}

/** The best value up to each trial, of trials that were asked everything and keep all constraints; nothing before there is one. */
export function bestSoFar(
  measured: readonly MeasuredTrial[],
  { direction }: Pick<Objective, "direction">,
): [trial: number, best: number][] {
  let best: number | undefined;
  return measured.flatMap(({ trial, value }): [number, number][] => {
    const counts = trial.state === "finished" && trial.feasible !== false;
    const isBetter = best === undefined || (direction === "max" ? value > best : value < best);
    if (counts && isBetter) best = value;
    return best === undefined ? [] : [[trial.trial + 1, best]];
  });
}

/** Where a slice may be moved: another parameter, the values it can be held at, and which of them is the usual. */
export interface Movable {
  name: string;
  values: (number | string)[];
  usual: number;
}

/** The parameters that a slice can be moved along: those of planes that have intervals. */
export function movables({ planes = [], held = {} }: SurfaceDocument, name: string): Movable[] {
  return planes
    .filter((plane) => plane.low && plane.high && (plane.x.name === name || plane.y.name === name))
    .map(({ x, y }) => {
      const other = x.name === name ? y : x;
      return { name: other.name, values: other.values, usual: nearest(other.values, held[other.name]) };
    });
}

/** What is believed along a parameter while another one is held at the value with an index. */
export function movedSlice({ planes = [] }: SurfaceDocument, name: string, other: string, index: number): SliceDocument | undefined {
  const plane = planes.find(({ x, y }) => (x.name === name && y.name === other) || (x.name === other && y.name === name));
  if (!plane?.low || !plane.high) return undefined;
  const isRow = plane.x.name === name;
  const along = (grid: readonly (readonly number[])[]) => (isRow ? [...(grid[index] ?? [])] : grid.map((row) => row[index] ?? NaN));
  return { name, values: (isRow ? plane.x : plane.y).values, mean: along(plane.mean), low: along(plane.low), high: along(plane.high) };
}

function nearest(values: readonly (number | string)[], held: ParamValue | undefined): number {
  if (typeof held !== "number") return Math.max(0, values.indexOf(String(held)));
  const distances = values.map((value) => Math.abs(Number(value) - held));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}

/** The planes that can be drawn; of an older document the one over the two parameters that matter most. */
export function planesOf({ planes, contour }: SurfaceDocument): PlaneDocument[] {
  return planes && planes.length > 0 ? planes : contour ? [contour] : [];
}

/** Whether what is believed differs less over a plane than it is uncertain at a point, as by the median interval. */
export function isFlat({ mean, low, high }: PlaneDocument): boolean {
  if (!low || !high) return false;
  const all = mean.flat();
  const halves = low.flatMap((row, y) => row.map((end, x) => ((high[y]?.[x] ?? end) - end) / 2)).sort((a, b) => a - b);
  return Math.max(...all) - Math.min(...all) < (halves[Math.floor(halves.length / 2)] ?? 0);
}
