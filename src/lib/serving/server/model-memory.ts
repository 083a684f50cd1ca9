/** Bytes as the monitoring endpoints give them: gigabytes with two digits, as text. */
export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
