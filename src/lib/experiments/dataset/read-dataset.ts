import { basename, extname } from "node:path";
import { deriveSeed } from "../../base/math/random.js";
import { describeMap, parseColumnMap } from "./column-map.js";
import { Columns } from "./columns.js";
import { invalidDataset } from "./invalid-dataset.js";
import { ReferenceReader } from "./references.js";
import { createDigest, readRows, type Row } from "./read-rows.js";
import type { Dataset, Sample } from "./sample.js";
import { fieldsOfRow, toSample, type ReadSample } from "./to-sample.js";

/** Rows that are looked at before it is decided what columns mean. */
const ROWS_AHEAD = 200;

export interface Subset {
  /** Most rows taken; 0 takes all. */
  limit: number;
  /** The same rows for the same seed. */
  seed: number;
}

export interface DatasetOptions extends Subset {
  /** What columns mean, as `--map` says it: "question=Prompt,answer=Gold". */
  map?: readonly string[] | undefined;
  /** The only names a reference's column may have by itself, where other columns are answers to be graded. */
  answerNames?: readonly string[];
}

/**
 * Reads a dataset (JSONL, JSON, CSV, TSV or YAML, also as gzip): a question or messages, and optionally `id`, `answer` (the
 * reference, or a list of accepted ones), `topic`, `system` and any other columns, under their usual names or those of `map`. Values
 * keep their text. A row without id gets its line number. With a limit a random subset is kept while reading, so that a file of any
 * size fits. Throws DATASET_NOT_FOUND, or DATASET_INVALID naming line and column, INVALID_ARGUMENT for a map that cannot be read.
 */
export async function readDataset(path: string, options: DatasetOptions = { limit: 0, seed: 0 }): Promise<Dataset> {
  const digest = createDigest();
  const map = parseColumnMap(options.map ?? []);
  const columns = new Columns(map, options.answerNames);
  const references = new ReferenceReader(columns, options.answerNames !== undefined);
  const numberOf = new Map<string, number>();
  const kept = new SubsetKeeper(options);
  let available = 0;
  for await (const row of settled(
    readRows(path, (bytes) => digest.update(bytes)),
    (first) => {
      columns.settle(path);
      references.settle(first);
    },
    columns,
  )) {
    const sample = toSample(row, columns, references);
    if (sample.id !== undefined) {
      const first = numberOf.get(sample.id);
      if (first !== undefined) {
        throw invalidDataset(`${row.place}: the id "${sample.id}" was already used in line ${first}.`, "Give every row a unique id.");
      }
      numberOf.set(sample.id, row.number);
    }
    kept.offer({ sample, number: row.number }, available++);
  }
  if (available === 0) throw invalidDataset(`The dataset ${path} has no rows.`);
  const samples = kept.taken().map(({ sample, number }): Sample => ({ ...sample, id: sample.id ?? freeId(number, numberOf) }));
  const [mapping, choiceColumns] = [describeMap(map), references.choiceColumns()];
  const unused = columns.unused().filter((column) => !choiceColumns.includes(column));
  return {
    ...{ name: nameOf(path), path, digest: digest.hex(), samples, available, notes: [...columns.notes(), ...references.notes()] },
    ...(mapping !== undefined && { mapping }),
    ...(choiceColumns.length > 0 && { choiceColumns }),
    ...(unused.length > 0 && { unused }),
  };
}

function nameOf(path: string): string {
  const plain = path.replace(/\.gz$/i, "");
  return basename(plain, extname(plain));
}

/** The rows, the first of which decide what columns mean before any is read. */
async function* settled(rows: AsyncIterable<Row>, settle: (first: readonly Row[]) => void, columns: Columns): AsyncGenerator<Row> {
  let ahead: Row[] | undefined = [];
  for await (const row of rows) {
    columns.learn(fieldsOfRow(row), row.place);
    if (ahead === undefined) yield row;
    else if (ahead.push(row) >= ROWS_AHEAD) {
      settle(ahead);
      yield* ahead;
      ahead = undefined;
    }
  }
  if (ahead === undefined || ahead.length === 0) return;
  settle(ahead);
  yield* ahead;
}

/** The number of a row as its id, in a form that no row has given itself. */
export function freeId(number: number, taken: ReadonlyMap<string, unknown>): string {
  let id = String(number);
  while (taken.has(id)) id = `row-${id}`;
  return id;
}

interface Kept {
  sample: ReadSample;
  number: number;
}

/** Keeps the rows whose seeded random numbers are the smallest: a uniform subset of rows that come one by one. */
class SubsetKeeper {
  private readonly subset: Subset;
  private kept: { row: Kept; index: number; rank: number }[] = [];

  constructor(subset: Subset) {
    this.subset = subset;
  }

  offer(row: Kept, index: number): void {
    const { limit, seed } = this.subset;
    this.kept.push({ row, index, rank: limit === 0 ? 0 : deriveSeed(seed, "subset", index) });
    if (limit > 0 && this.kept.length >= 2 * limit + 1000) this.trim();
  }

  taken(): Kept[] {
    this.trim();
    return this.kept.sort((a, b) => a.index - b.index).map(({ row }) => row);
  }

  private trim(): void {
    const { limit } = this.subset;
    if (limit === 0 || this.kept.length <= limit) return;
    this.kept = this.kept.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, limit);
  }
}
