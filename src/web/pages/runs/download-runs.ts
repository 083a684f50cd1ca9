import { saveFile } from "../../parts/save-file.js";
import type { RunRow, RunsQuery } from "../../api/documents.js";
import { MOST_RUNS, queryRuns } from "../../api/runs.js";
import { fileNames, type Column } from "./columns.js";
import { csvText } from "./csv.js";
import { cellText } from "./run-cell.js";

/** Saves all runs of a query, with these columns, as a CSV file. Throws ApiError. */
export async function downloadRuns(shown: RunsQuery, columns: readonly Column[], fileName: string): Promise<void> {
  // children too, which stand below their parents in the table
  const query = { ...shown };
  delete query.parent;
  const all: Column[] = [
    { kind: "attribute", key: "run_id" },
    ...columns.filter(({ kind, key }) => kind !== "attribute" || key !== "run_id"),
  ];
  const parts = [csvText([["name", ...fileNames(all)]])];
  for (let offset = 0, total = 1; offset < total; offset += MOST_RUNS) {
    const window = await queryRuns(query, offset, MOST_RUNS);
    total = window.total;
    parts.push(csvText(window.runs.map((run) => line(run, all))));
  }
  saveFile(fileName, new Blob(parts), "text/csv;charset=utf-8");
}

function line(run: RunRow, columns: readonly Column[]): (string | number | null)[] {
  return [run.run_name, ...columns.map((column) => cellText(run, column))];
}
