/** What is known of a row once column effects are taken out. */
export interface RowMean {
  /** Its mean as if it had been measured in all columns; NaN without values. */
  mean: number;
  /** Its standard error beside the other rows, which share the columns; null where nothing tells it. */
  se: number | null;
  /** Columns it was measured in. */
  n: number;
}

const ROUNDS = 50;
const CLOSE = 1e-10;
/** The weight of all rows' common variance in each one's own, in measurements. */
const SHARED = 4;

/**
 * Means of rows that were measured in the same columns, some perhaps in a part of them only: an additive model of rows and columns,
 * fitted by turns. Columns that are harder for all rows do not count as noise, and a row that met only the hard ones is not worse for
 * it. Variances are drawn towards what the rows have in common. `cells` holds NaN where a row was not measured. `isRate`: values lie
 * between 0 and 1, and half a disagreement is assumed beside those seen, as Jeffreys' prior of a rate does, so that the few rows that
 * all agree do not have no error at all.
 */
export function crossedMeans(cells: readonly (readonly number[])[], { isRate = false } = {}): RowMean[] {
  const width = Math.max(0, ...cells.map((row) => row.length));
  const counts = cells.map((row) => row.filter((value) => !Number.isNaN(value)).length);
  const { rows, columns } = fit(cells, width);
  const used = columns.filter((value) => !Number.isNaN(value));
  const level = used.reduce((sum, value) => sum + value, 0) / Math.max(1, used.length);
  const squares = cells.map((row, r) =>
    row.reduce((sum, value, c) => (Number.isNaN(value) ? sum : sum + (value - (rows[r] ?? 0) - (columns[c] ?? 0)) ** 2), 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  const freedom = total - present - used.length + 1;
  if (freedom <= 0 || present < 2) return cells.map((_, r) => ({ mean: (rows[r] ?? Number.NaN) + level, se: null, n: counts[r] ?? 0 }));
  const seen = squares.reduce((sum, value) => sum + value, 0);
  const common = isRate ? (seen + 0.5) / (freedom + 1) : seen / freedom;
  return cells.map((_, r) => {
    const n = counts[r] ?? 0;
    const own = ((squares[r] ?? 0) / Math.max(1, n)) * (total / freedom);
    const variance = (SHARED * common + n * own) / (SHARED + n);
    return { mean: (rows[r] ?? Number.NaN) + level, se: n > 0 ? Math.sqrt(variance / n) : null, n };
  });
}

function fit(cells: readonly (readonly number[])[], width: number): { rows: number[]; columns: number[] } {
  let rows = cells.map((row) => meanOf(row));
  let columns = new Array<number>(width).fill(0);
  for (let round = 0; round < ROUNDS; round++) {
    const before = rows;
    columns = columns.map((_, c) => meanOf(cells.map((row, r) => (row[c] ?? Number.NaN) - (rows[r] ?? 0))));
    rows = cells.map((row) => meanOf(row.map((value, c) => value - (columns[c] ?? 0))));
    if (rows.every((value, r) => Number.isNaN(value) || Math.abs(value - (before[r] ?? 0)) < CLOSE)) break;
  }
  return { rows, columns };
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
