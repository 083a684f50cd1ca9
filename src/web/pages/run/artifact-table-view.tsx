import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { artifactTable } from "../../api/artifacts.js";
import type { ArtifactTable, TableColumn } from "../../api/documents.js";
import { count, formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { LongText } from "./value-list.js";

const PAGE = 100;
const TYPING_MS = 150;

/** The rows of a table in a file, a page at a time, as the server sorts and filters them. */
export function ArtifactTableView({ runId, path }: { runId: string; path: string }): ReactElement {
  const [offset, setOffset] = useState(0);
  const [sort, setSort] = useState("");
  const [words, setWords] = useState("");
  const filter = useDebounced(words.trim(), TYPING_MS);
  const query = { offset, limit: PAGE, sort: sort === "" ? undefined : sort, filter: filter === "" ? undefined : filter };
  const { data, error, refetch } = useQuery({
    queryKey: ["artifacts", "table", runId, path, query],
    queryFn: ({ signal }) => artifactTable(runId, path, query, signal),
    placeholderData: keepPreviousData,
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading lines={8} />;
  const sortBy = (next: string) => {
    setSort(next);
    setOffset(0);
  };
  return (
    <>
      <div className="tools">
        <input
          type="search"
          aria-label="Find rows"
          placeholder="Find rows"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setOffset(0);
          }}
        />
        <Pager data={data} offset={offset} setOffset={setOffset} />
      </div>
      <div className="scroll-x artifact-rows" tabIndex={0} role="region" aria-label="Rows">
        <table className="plain">
          <thead>
            <tr>
              {data.columns.map((column) => (
                <Head key={column.name} {...{ column, sort, sortBy }} />
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row, i) => (
              <tr key={data.offset + i}>
                {data.columns.map((column, k) => (
                  <Cell key={column.name} value={row[k]} type={column.type} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Pager({ data, offset, setOffset }: { data: ArtifactTable; offset: number; setOffset: (offset: number) => void }): ReactElement {
  const end = Math.min(offset + PAGE, data.matching);
  const all =
    data.matching === data.total ? count(data.total, "row") : `${data.matching.toLocaleString("en-US")} of ${count(data.total, "row")}`;
  return (
    <div className="pager">
      <span role="status">
        {data.matching > PAGE ? `${(offset + 1).toLocaleString("en-US")}–${end.toLocaleString("en-US")} of ${all}` : all}
      </span>
      <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
        Previous
      </button>
      <button type="button" disabled={end >= data.matching} onClick={() => setOffset(offset + PAGE)}>
        Next
      </button>
    </div>
  );
}

interface HeadProps {
  column: TableColumn;
  sort: string;
  sortBy: (sort: string) => void;
}

function Head({ column: { name }, sort, sortBy }: HeadProps): ReactElement {
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  return (
    <th scope="col" aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
      <button type="button" className="link" onClick={() => sortBy(isUp ? `-${name}` : isDown ? "" : name)}>
        <span dir="auto">{name}</span>
        {(isUp || isDown) && <Icon name={isUp ? "up" : "down"} />}
      </button>
    </th>
  );
}

function Cell({ value, type }: { value: unknown; type: TableColumn["type"] }): ReactElement {
  if (value === null || value === undefined) return <td className="missing">–</td>;
  if (type === "number" && typeof value === "number") return <td title={String(value)}>{formatNumber(value)}</td>;
  return (
    <td className="cell-text">
      <LongText text={typeof value === "string" ? value : JSON.stringify(value)} />
    </td>
  );
}
