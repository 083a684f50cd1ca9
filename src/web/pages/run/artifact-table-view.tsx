import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { ArtifactTable, TableColumn } from "../../api/documents.js";
import { ApiError } from "../../api/client.js";
import { count, partOf, formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { useTableRows, type TableRows } from "./use-table-rows.js";
import { LongText } from "../../parts/long-text.js";

const TYPING_MS = 150;
const ROW_HEIGHT = 32;
const OVERSCAN = 10;
/** In pixels. */
const WIDTHS: Readonly<Record<TableColumn["type"], number>> = { number: 110, boolean: 90, text: 280, json: 320 };

interface Props {
  runId: string;
  path: string;
  /** What is shown of a file that is not a table. */
  otherwise?: ReactElement | undefined;
  /** Stands beside the search. */
  children: ReactElement;
}

/** The table in a file, as the server sorts and filters it: only the rows in view are fetched and drawn. */
export function ArtifactTableView({ runId, path, otherwise, children }: Props): ReactElement {
  const [sort, setSort] = useState("");
  const [words, setWords] = useState("");
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const filter = useDebounced(words.trim(), TYPING_MS);
  const rows = useTableRows(runId, path, { sort: sort || undefined, filter: filter || undefined }, range);
  const { table, error, retry } = rows;
  const isRefused = error instanceof ApiError && error.status === 400 && !table;
  if (isRefused) return otherwise ?? <Refused why={error.message}>{children}</Refused>;
  if (!table) return error ? <Failure error={error} retry={retry} /> : <Loading lines={8} />;
  return (
    <>
      <div className="tools">
        <input
          type="search"
          aria-label="Find rows"
          placeholder="Find rows"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <span role="status">{described(table)}</span>
        {children}
      </div>
      {error !== undefined && <Failure error={error} retry={retry} />}
      <Rows key={`${sort} ${filter}`} {...{ table, rows, sort, setSort }} see={setRange} />
    </>
  );
}

function Refused({ why, children }: { why: string; children: ReactElement }): ReactElement {
  return (
    <Empty title="Not shown as a table">
      <p>{why}</p>
      {children}
    </Empty>
  );
}

function described({ matching, total, broken_line: broken }: ArtifactTable): string {
  const rows = matching === total ? count(total, "row") : partOf(matching, total, "row");
  return broken === null ? rows : `${rows}; line ${formatNumber(broken)} is not whole and is left out`;
}

interface RowsProps {
  table: ArtifactTable;
  rows: TableRows;
  sort: string;
  setSort: (sort: string) => void;
  /** Gets the first and the last row in view. */
  see: (range: readonly [number, number]) => void;
}

function Rows({ table, rows, sort, setSort, see }: RowsProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    ...{ count: table.matching, estimateSize: () => ROW_HEIGHT, overscan: OVERSCAN, getScrollElement: () => scroller.current },
  });
  const visible = lines.getVirtualItems();
  const [first, last] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0];
  useEffect(() => see([first, last]), [see, first, last]);
  const [before, after] = [visible[0]?.start ?? 0, lines.getTotalSize() - (visible.at(-1)?.end ?? 0)];
  const width = table.columns.reduce((sum, { type }) => sum + WIDTHS[type], 0);
  return (
    <div ref={scroller} className="scroll-x artifact-rows" tabIndex={0} role="region" aria-label="Rows" data-stale={rows.isStale}>
      <table className="plain" style={{ width, tableLayout: "fixed" }} aria-rowcount={table.matching + 1}>
        <colgroup>
          {table.columns.map(({ name, type }) => (
            <col key={name} style={{ width: WIDTHS[type] }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <Head key={column.name} {...{ column, sort, setSort }} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={before} />
          {visible.map(({ index }) => (
            <tr key={index} ref={lines.measureElement} data-index={index} aria-rowindex={index + 2}>
              {table.columns.map((column, k) => (
                <Cell key={column.name} value={rows.at(index)?.[k]} type={column.type} />
              ))}
            </tr>
          ))}
          <Space height={after} />
        </tbody>
      </table>
    </div>
  );
}

/** Rows that are not drawn leave their place empty. */
function Space({ height }: { height: number }): ReactElement | null {
  return height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null;
}

interface HeadProps {
  column: TableColumn;
  sort: string;
  setSort: (sort: string) => void;
}

function Head({ column: { name, type }, sort, setSort }: HeadProps): ReactElement {
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  return (
    <th scope="col" className={type === "number" ? undefined : "cell-text"} aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
      <button type="button" className="link" title={name} onClick={() => setSort(isUp ? `-${name}` : isDown ? "" : name)}>
        <span dir="auto">{name}</span>
        {(isUp || isDown) && <Icon name={isUp ? "up" : "down"} />}
      </button>
    </th>
  );
}

function Cell({ value, type }: { value: unknown; type: TableColumn["type"] }): ReactElement {
  if (value === null || value === undefined) return <td className="missing">{value === null ? "–" : ""}</td>;
  if (type === "number" && typeof value === "number") return <td title={String(value)}>{formatNumber(value)}</td>;
  if (type === "number" && typeof value === "string") return <td>{value}</td>;
  return (
    <td className="cell-text">
      <LongText text={typeof value === "string" ? value : JSON.stringify(value)} />
    </td>
  );
}
