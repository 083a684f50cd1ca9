/** Square matrices are arrays of n * n numbers, row by row; a lower triangular one may hold anything above its diagonal. */

/** The sum of the products of two lists of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Replaces the lower triangle of a symmetric matrix by its Cholesky factor. False, with the matrix spoilt, where it is not positive
 * definite. Works on blocks of two by two numbers: their sums do not wait for one another, and each number is read once for two.
 */
export function cholesky(matrix: Float64Array, n: number): boolean {
  for (let column = 0; column < n; column += 2) {
    if (!factorDiagonal(matrix, n, column)) return false;
    for (let row = column + 2; row < n; row += 2) factorBlock(matrix, n, row, column);
  }
  return true;
}

/** The factor's two rows at the diagonal, from what stands left of them; one row where the matrix ends. */
function factorDiagonal(matrix: Float64Array, n: number, column: number): boolean {
  const start = column * n;
  const below = start + n;
  let [own, shared, other] = [matrix[start + column] as number, 0, 0];
  for (let k = start; k < start + column; k++) own -= (matrix[k] as number) * (matrix[k] as number);
  if (!(own > 0)) return false;
  own = Math.sqrt(own);
  matrix[start + column] = own;
  if (column + 1 === n) return true;
  shared = matrix[below + column] as number;
  other = matrix[below + column + 1] as number;
  for (let k = 0; k < column; k++) {
    const value = matrix[below + k] as number;
    shared -= value * (matrix[start + k] as number);
    other -= value * value;
  }
  shared /= own;
  other -= shared * shared;
  matrix[below + column] = shared;
  matrix[below + column + 1] = Math.sqrt(other);
  return other > 0;
}

/** Two by two numbers of the factor below the diagonal; of the last row alone, the row above is computed again. */
function factorBlock(matrix: Float64Array, n: number, row: number, column: number): void {
  const [left, right] = [column * n, (column + 1) * n];
  const upper = row * n;
  const lower = row + 1 < n ? upper + n : upper;
  let a = matrix[upper + column] as number;
  let b = matrix[upper + column + 1] as number;
  let c = matrix[lower + column] as number;
  let d = matrix[lower + column + 1] as number;
  for (let k = 0; k < column; k++) {
    const [first, second] = [matrix[left + k] as number, matrix[right + k] as number];
    const [above, beneath] = [matrix[upper + k] as number, matrix[lower + k] as number];
    a -= above * first;
    b -= above * second;
    c -= beneath * first;
    d -= beneath * second;
  }
  const [root, shared, otherRoot] = [
    matrix[left + column] as number,
    matrix[right + column] as number,
    matrix[right + column + 1] as number,
  ];
  a /= root;
  c /= root;
  matrix[upper + column] = a;
  matrix[lower + column] = c;
  matrix[upper + column + 1] = (b - a * shared) / otherRoot;
  matrix[lower + column + 1] = (d - c * shared) / otherRoot;
}

/** Solves L x = b in place, for the Cholesky factor L; two rows at a time. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row += 2) {
    const start = row * n;
    const next = row + 1 < n ? start + n : start;
    let sum = b[row] as number;
    let below = b[row + 1] ?? 0;
    for (let k = 0; k < row; k++) {
      const value = b[k] as number;
      sum -= (factor[start + k] as number) * value;
      below -= (factor[next + k] as number) * value;
    }
    sum /= factor[start + row] as number;
    b[row] = sum;
    if (next > start) b[row + 1] = (below - (factor[next + row] as number) * sum) / (factor[next + row + 1] as number);
  }
}

/** Solves L' x = b in place. */
export function solveTransposed(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = n - 1; row >= 0; row--) {
    const value = (b[row] as number) / (factor[row * n + row] as number);
    b[row] = value;
    for (let k = 0; k < row; k++) b[k] = (b[k] as number) - (factor[row * n + k] as number) * value;
  }
}

/** The inverse of the matrix whose Cholesky factor is given; both triangles. */
export function inverseOf(factor: Float64Array, n: number): Float64Array {
  const columns = columnsOfInverse(factor, n);
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = row; k < n; k++) sum += (columns[row * n + k] as number) * (columns[column * n + k] as number);
      inverse[row * n + column] = sum;
      inverse[column * n + row] = sum;
    }
  }
  return inverse;
}

/** The inverse of a lower triangular matrix, column after column. */
function columnsOfInverse(factor: Float64Array, n: number): Float64Array {
  const columns = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const start = column * n;
    columns[start + column] = 1 / (factor[column * n + column] as number);
    for (let row = column + 1; row < n; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum -= (factor[row * n + k] as number) * (columns[start + k] as number);
      columns[start + row] = sum / (factor[row * n + row] as number);
    }
  }
  return columns;
}

/** The logarithm of the determinant of the matrix whose Cholesky factor is given. */
export function logDeterminant(factor: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(factor[i * n + i] as number);
  return 2 * sum;
}
