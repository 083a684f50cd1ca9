/** Square matrices are arrays of n * n numbers, row by row; a lower triangular one may hold anything above its diagonal. */

/** Replaces the lower triangle of a symmetric matrix by its Cholesky factor. False, with the matrix spoilt, where it is not positive definite. */
export function cholesky(matrix: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row++) {
    const start = row * n;
    for (let column = 0; column <= row; column++) {
      const other = column * n;
      let sum = matrix[start + column] as number;
      for (let k = 0; k < column; k++) sum -= (matrix[start + k] as number) * (matrix[other + k] as number);
      if (column < row) matrix[start + column] = sum / (matrix[other + column] as number);
      else if (sum > 0) matrix[start + row] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L x = b in place, for the Cholesky factor L. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let sum = b[row] as number;
    for (let k = 0; k < row; k++) sum -= (factor[row * n + k] as number) * (b[k] as number);
    b[row] = sum / (factor[row * n + row] as number);
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
  const lower = invertLower(factor, n);
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = row; k < n; k++) sum += (lower[k * n + row] as number) * (lower[k * n + column] as number);
      inverse[row * n + column] = sum;
      inverse[column * n + row] = sum;
    }
  }
  return inverse;
}

function invertLower(factor: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    lower[column * n + column] = 1 / (factor[column * n + column] as number);
    for (let row = column + 1; row < n; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum -= (factor[row * n + k] as number) * (lower[k * n + column] as number);
      lower[row * n + column] = sum / (factor[row * n + row] as number);
    }
  }
  return lower;
}

/** The logarithm of the determinant of the matrix whose Cholesky factor is given. */
export function logDeterminant(factor: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(factor[i * n + i] as number);
  return 2 * sum;
}
