import { memo, type CSSProperties, type HTMLAttributes, type ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import { count, formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { PageLink } from "../../parts/page-link.js";
import { isStudyKind } from "../../parts/study-kinds.js";
import { columnId, type Column } from "./columns.js";
import { RunCell } from "./run-cell.js";
import { Twist } from "./twist.js";

/** What lines tell the table. They stay the same functions, so that lines that are as they were are not drawn again. */
export interface LineActions {
  select: (run: RunRow, line: number, isRange: boolean) => void;
  expand: (key: string) => void;
}

interface Props extends LineActions {
  run: RunRow;
  line: number;
  depth: number;
  top: number;
  columns: readonly Column[];
  offsets: readonly (number | undefined)[];
  isSelected: boolean;
  isActive: boolean;
  isExpanded: boolean;
  isTree: boolean;
}

/** A line of the table with a run. */
export const RunLineView = memo(function RunLineView(props: Props): ReactElement {
  const { run, line, depth, top, columns, offsets, isSelected, isActive, select } = props;
  return (
    <div {...lineProps(line, top, isActive)} aria-selected={isSelected} aria-level={depth + 1}>
      <div role="gridcell" className="cell cell-name">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select ${run.run_name}`}
          checked={isSelected}
          onChange={() => undefined}
          onClick={(event) => select(run, line, event.shiftKey)}
        />
        <NameCell {...props} />
      </div>
      {columns.map((column, i) => (
        <div role="gridcell" key={columnId(column)} className={cellClass(column, offsets[i])} style={pinStyle(offsets[i])}>
          <RunCell run={run} column={column} />
        </div>
      ))}
    </div>
  );
});

/** What every line of the table is: where it stands, and whether keys act on it. */
export function lineProps(line: number, top: number, isActive: boolean): HTMLAttributes<HTMLDivElement> {
  return {
    ...{ role: "row", id: `line-${line}`, "aria-rowindex": line + 2 },
    ...{ className: isActive ? "line line-active" : "line", style: { transform: `translateY(${top}px)` } },
  };
}

/** The class of a column's cells. */
export function cellClass(column: Column, offset: number | undefined): string {
  const isNumber = column.kind === "metric" || column.key === "duration";
  return `cell${isNumber ? " cell-right" : ""}${offset === undefined ? "" : " cell-pinned"}`;
}

/** Where a pinned cell stays. */
export function pinStyle(offset: number | undefined): CSSProperties | undefined {
  return offset === undefined ? undefined : { left: `calc(var(--name-width) + ${offset}px)` };
}

function NameCell({ run, depth, isTree, isExpanded, expand }: Props): ReactElement {
  return (
    <>
      {isTree && (
        <span className="twist" style={{ marginLeft: depth * 18 }}>
          {run.children > 0 && depth === 0 && (
            <Twist
              what={`${count(run.children, "child", "children")} of ${run.run_name}`}
              isOpen={isExpanded}
              toggle={() => expand(run.run_id)}
            />
          )}
        </span>
      )}
      <PageLink href={`/runs/${run.run_id}`} className="run-name" title={run.run_name} tabIndex={-1} dir="auto">
        {run.run_name === "" ? run.run_id : run.run_name}
      </PageLink>
      {run.children > 0 && <span className="count">{formatNumber(run.children)}</span>}
      {isStudyKind(run.tags["llmops.kind"]) && (
        <PageLink href={`/studies/${run.run_id}`} className="study-link" tabIndex={-1} title="What the study has found" aria-label="Study">
          <Icon name="charts" />
        </PageLink>
      )}
    </>
  );
}
