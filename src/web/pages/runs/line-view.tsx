import type { ReactElement } from "react";
import type { Column } from "./columns.js";
import { GroupLineView } from "./group-line.js";
import { RunLineView, type LineActions } from "./run-line.js";
import { groupKey } from "./run-windows.js";
import type { RunLine } from "./use-run-lines.js";

interface Props extends LineActions {
  of: RunLine;
  line: number;
  top: number;
  columns: readonly Column[];
  offsets: readonly (number | undefined)[];
  isActive: boolean;
  isTree: boolean;
  /** What the runs are grouped by. */
  group: string;
  selected: { has: (runId: string) => boolean };
  expanded: ReadonlySet<string>;
}

/** A line of the table, whatever it shows. */
export function LineView({ of, isTree, group, selected, expanded, select, ...place }: Props): ReactElement {
  if (!of) return <Waiting top={place.top} />;
  if ("group" in of) return <GroupLineView row={of.group} group={group} isExpanded={expanded.has(groupKey(of.group))} {...place} />;
  const { run, under } = of;
  return (
    <RunLineView
      {...{ run, isTree, select, ...place }}
      depth={under === undefined ? 0 : 1}
      isSelected={selected.has(run.run_id)}
      isExpanded={expanded.has(run.run_id)}
    />
  );
}

/** What tells lines apart that are drawn at the same time. */
export function lineKey(of: RunLine, line: number): string {
  if (!of) return `waiting ${line}`;
  return "group" in of ? groupKey(of.group) : `${of.run.run_id} ${of.under ?? ""}`;
}

/** A line of which nothing is known yet. */
function Waiting({ top }: { top: number }): ReactElement {
  return (
    <div role="row" className="line" style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className="cell cell-name">
        <span className="placeholder" />
      </div>
    </div>
  );
}
