const BARS = "▁▂▃▄▅▆▇█";

/** Values over time in one line of characters, the newest on the right; a gap where one is missing. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (value: number) => BARS[high > low ? Math.round(((value - low) / (high - low)) * (BARS.length - 1)) : 3] ?? "";
  return shown.map((value) => (value === undefined ? " " : bar(value))).join("");
}
