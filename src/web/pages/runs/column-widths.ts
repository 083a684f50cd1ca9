import { columnId, columnName, type Column } from "./columns.js";

const PIXELS_A_LETTER = 7.5;
const ROOM = 42;

/** The width of a column in pixels: that of its name, within bounds that fit its kind; intervals need more. */
export function columnWidth(column: Column, hasInterval = false): number {
  const named = Math.round(columnName(column).length * PIXELS_A_LETTER + ROOM);
  const [least, most] = column.kind === "metric" ? [hasInterval ? 188 : 118, 230] : column.kind === "attribute" ? [112, 150] : [110, 220];
  return Math.min(most, Math.max(least, named));
}

/** How far right of the name each pinned column stays; undefined for those that scroll. */
export function pinOffsets(columns: readonly Column[], widths: readonly number[], pinned: readonly string[]): (number | undefined)[] {
  let offset = 0;
  return columns.map((column, i) => {
    if (!pinned.includes(columnId(column))) return undefined;
    const at = offset;
    offset += widths[i] ?? 0;
    return at;
  });
}
