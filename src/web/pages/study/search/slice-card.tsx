import { useMemo, type ReactElement } from "react";
import type { SearchDimension, SliceDocument, SurfaceDocument } from "../../../api/search-document.js";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { movables, movedSlice, type MeasuredTrial, type Movable, type Objective } from "./search-data.js";
import { sliceOption } from "./search-options.js";

interface Props {
  slice: SliceDocument;
  surface: SurfaceDocument;
  space: readonly SearchDimension[];
  measured: readonly MeasuredTrial[];
  objective: Objective;
}

/** What is believed along a parameter, where one of the others can be moved to another value. */
export function SliceCard({ slice, surface, space, measured, objective }: Props): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [place, move] = useUrlState(`held.${slice.name}`, "");
  const moved = useMemo(() => readMove(surface, slice.name, place), [surface, slice.name, place]);
  const shown = useMemo(
    () => (moved?.isMoved ? movedSlice(surface, slice.name, moved.other.name, moved.index) : undefined) ?? slice,
    [surface, slice, moved],
  );
  const dimension = space.find((one) => one.name === slice.name);
  const option = useMemo(
    () => dimension && sliceOption(shown, dimension, { measured, objective, colors }),
    [shown, dimension, measured, objective, colors],
  );
  if (!option) return null;
  return (
    <figure className="card">
      <figcaption dir="auto">
        {objective.name} over {slice.name} <small className="soft">believed, 95 %; dots: trials</small>
      </figcaption>
      <Chart option={option} label={`${objective.name} over ${slice.name}, as believed, and the trials`} height={250} onPick={openRun} />
      {moved && <MoveTools moved={moved} move={move} />}
      <p className="soft" dir="auto">
        {heldText(surface, slice.name, moved)}
      </p>
    </figure>
  );
}

/** Where a slice is moved. */
interface Move {
  others: Movable[];
  other: Movable;
  index: number;
  isMoved: boolean;
}

/** The move that the address says; the usual one where it says none. */
function readMove(surface: SurfaceDocument, of: string, place: string): Move | undefined {
  const others = movables(surface, of);
  const [, at, name] = /^(\d+)\.(.*)$/s.exec(place) ?? [];
  const other = others.find((one) => one.name === name) ?? others[0];
  if (!other) return undefined;
  const index = at === undefined ? other.usual : Math.min(other.values.length - 1, Number(at));
  return { others, other, index, isMoved: index !== other.usual };
}

function MoveTools({ moved: { others, other, index, isMoved }, move }: { moved: Move; move: (place: string) => void }): ReactElement {
  const startAt = (name: string) => move(`${others.find((one) => one.name === name)?.usual ?? 0}.${name}`);
  return (
    <div className="tools held">
      <NameSelect label="Move" names={others.map(({ name }) => name)} value={other.name} choose={startAt} />
      <label>
        {others.length < 2 && other.name}
        <input
          type="range"
          aria-label={`${other.name} held at`}
          aria-valuetext={String(other.values[index])}
          min="0"
          max={other.values.length - 1}
          value={index}
          onChange={(event) => move(`${event.target.value}.${other.name}`)}
        />
      </label>
      {isMoved && (
        <button type="button" className="link" onClick={() => move("")}>
          As usual
        </button>
      )}
    </div>
  );
}

function heldText({ held = {} }: SurfaceDocument, of: string, moved: Move | undefined): string {
  const values = new Map<string, unknown>(Object.entries(held).filter(([name]) => name !== of));
  if (moved?.isMoved) values.set(moved.other.name, moved.other.values[moved.index]);
  if (values.size === 0) return "The others are held at the best setting.";
  return `Held: ${[...values].map(([name, value]) => `${name} ${String(value).slice(0, 60)}`).join(", ")}`;
}
