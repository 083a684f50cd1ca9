import { memo, type ReactElement } from "react";
import type { GroupMetric, GroupRow } from "../../api/documents.js";
import { count, formatMetric, formatNumber } from "../../format/numbers.js";
import { columnId, type Column } from "./columns.js";
import { groupName } from "./grouping.js";
import { cellClass, lineProps, pinStyle } from "./run-line.js";
import { groupKey } from "./run-windows.js";
import { Twist } from "./twist.js";

interface Props {
  row: GroupRow;
  /** What the runs are grouped by. */
  group: string;
  line: number;
  top: number;
  columns: readonly Column[];
  offsets: readonly (number | undefined)[];
  isActive: boolean;
  isExpanded: boolean;
  expand: (key: string) => void;
}

/** A line of the table with a group of runs: how many there are, and what they have on the average. */
export const GroupLineView = memo(function GroupLineView(props: Props): ReactElement {
  const { row, group, line, top, columns, offsets, isActive, isExpanded, expand } = props;
  const title = row.value ?? `without ${groupName(group)}`;
  return (
    <div {...lineProps(line, top, isActive)} aria-level={1} aria-expanded={isExpanded}>
      <div role="gridcell" className="cell cell-name">
        <span className="twist">
          <Twist what={`${count(row.runs, "run")} of ${title}`} isOpen={isExpanded} toggle={() => expand(groupKey(row))} />
        </span>
        <span className="run-name group-name" title={title} dir="auto">
          {row.value === null || row.value === "" ? (
            <i>{row.value === "" ? "empty" : title}</i>
          ) : (
            row.value.slice(0, 300).replaceAll(/\s/g, (one) => (one === " " ? one : "␣"))
          )}
        </span>
        <span className="count">{formatNumber(row.runs)}</span>
      </div>
      {columns.map((column, i) => (
        <div role="gridcell" key={columnId(column)} className={cellClass(column, offsets[i])} style={pinStyle(offsets[i])}>
          {column.kind === "metric" && column.of === "last" && <Mean name={column.key} metric={row.metrics[column.key]} runs={row.runs} />}
        </div>
      ))}
    </div>
  );
});

function Mean({ name, metric, runs }: { name: string; metric: GroupMetric | undefined; runs: number }): ReactElement {
  if (!metric) return <span className="missing">–</span>;
  const [mean, min, max] = [metric.mean, metric.min, metric.max].map((value) => formatMetric(name, value));
  const of = metric.runs === runs ? `all ${count(runs, "run")}` : `${formatNumber(metric.runs)} of ${count(runs, "run")}`;
  return (
    <span className="cell-number" title={`Mean of ${of}: ${metric.mean}; from ${metric.min} to ${metric.max}`}>
      {mean}
      <small>
        {metric.runs < runs && ` of ${formatNumber(metric.runs)}`}
        {min !== max && ` ${min}…${max}`}
      </small>
    </span>
  );
}
