import { candidatesOf } from "../dataset/column-names.js";
import { parseColumnMap, type ColumnMap } from "../dataset/column-map.js";
import { valueAt } from "../dataset/columns.js";
import { invalidDataset } from "../dataset/invalid-dataset.js";
import { freeId } from "../dataset/read-dataset.js";
import { readRows, type Row } from "../dataset/read-rows.js";
import { nearestOf } from "../../base/errors/nearest.js";

/** A row of a file of labels: where it stands, and its columns. */
export interface LabelRow {
  id: string;
  place: string;
  fields: Readonly<Record<string, unknown>>;
}

/** Rows with people's labels: those of the dataset, or of a file of their own. */
export interface LabelRows {
  path: string;
  samples: readonly LabelRow[];
}

export interface LabelFile {
  /** What columns mean, as --map says it: label=Verdict, and label_id=COLUMN (else id=COLUMN) for the ids. */
  map?: readonly string[] | undefined;
  /** The rows are the dataset's own: one without id has the id the dataset gives it. */
  isDataset?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads labels, joined by a column id or what --map names. Throws DATASET_INVALID for a row without one in a file of its own, for
 * an id that is there twice, and for a mapped column that no row has.
 */
export async function readLabelRows(path: string, { map: said = [], isDataset = false }: LabelFile = {}): Promise<LabelRows> {
  const map = parseColumnMap(said);
  const places = new Map<string, string>();
  const rows: { id: string; row: Row }[] = [];
  for await (const row of readRows(path, () => undefined)) {
    const id = idOf(row, map, places);
    if (id !== "") places.set(id, row.place);
    else if (!isDataset) throw noId(row.place, "the row has no id");
    rows.push({ id, row });
  }
  const label = map.get("label");
  checkLabelColumn(path, label, rows);
  const samples = rows.map(({ id, row }) => ({
    id: id === "" ? freeId(row.number, places) : id,
    place: row.place,
    fields: withLabel(row.value as Fields, label),
  }));
  return { path, samples };
}

/** What `--map` says of the dataset beside a file of labels. */
export function datasetMap(map: readonly string[] | undefined): string[] | undefined {
  const own = [...parseColumnMap(map ?? [])].filter(([name]) => name !== "label" && name !== "label_id");
  return map && own.map(([name, column]) => `${name}=${column}`);
}

/** The id a row gives; "" for none. Throws DATASET_INVALID for one that an earlier row has. */
function idOf({ value, place, written }: Row, map: ColumnMap, places: ReadonlyMap<string, string>): string {
  const fields = value as Fields;
  const named = [map.get("label_id"), map.get("id")].find((name) => name !== undefined && valueIn(fields, name) !== undefined);
  const column = named ?? candidatesOf("id", Object.keys(fields))[0];
  const id = column === undefined ? "" : (written?.[column] ?? labelText(valueIn(fields, column)));
  const earlier = places.get(id);
  if (earlier !== undefined) throw noId(place, `${column ?? "id"}: the id "${id}" was already used in ${earlier}`);
  return id;
}

function noId(place: string, what: string): Error {
  return invalidDataset(
    `${place}: ${what}.`,
    "With --dataset, labels are joined by id: give every row a unique id in a column id, or name the column with --map label_id=COLUMN.",
  );
}

function checkLabelColumn(path: string, column: string | undefined, rows: readonly { row: Row }[]): void {
  const all = rows.map(({ row }) => row.value as Fields);
  if (column === undefined || all.some((fields) => valueIn(fields, column) !== undefined)) return;
  const names = [...new Set(all.flatMap((fields) => Object.keys(fields)))];
  const nearest = nearestOf(column, names);
  const meant = nearest === undefined ? "" : `Did you mean --map label=${nearest}? `;
  throw invalidDataset(`${path} has no column "${column}", which --map label=${column} names.`, `${meant}It has: ${names.join(", ")}.`);
}

function withLabel(fields: Fields, column: string | undefined): Fields {
  return column === undefined ? fields : { ...fields, label: valueIn(fields, column) ?? null };
}

function valueIn(fields: Fields, column: string): unknown {
  return Object.hasOwn(fields, column) ? fields[column] : valueAt(fields, column);
}

/** A label or an id as text, without white space around it; "" for none. */
export function labelText(value: unknown): string {
  return typeof value === "string" ? value.trim() : (JSON.stringify(value ?? "") ?? "").replace(/^""$/, "");
}
