import { columnId, columnName, joinIds, parseColumn, splitTexts, type Column } from "./columns.js";

const PIXELS_A_LETTER = 7.5;
const ROOM = 42;

/** The width of a column in pixels: that of its name, within bounds that fit its kind; intervals need more. */
export function columnWidth(column: Column, hasInterval = false): number {
  const named = Math.round(columnName(column).length * PIXELS_A_LETTER + ROOM);
  const [least, most] = column.kind === "metric" ? [hasInterval ? 188 : 118, 230] : column.kind === "attribute" ? [112, 150] : [110, 220];
  return Math.min(most, Math.max(least, named));
}

/** Columns are no narrower, and no wider, than this, in pixels. */
export const WIDTHS = { least: 60, most: 1200 } as const;

/** Chosen widths as one text, and back. */
export function writeWidths(widths: Readonly<Record<string, number>>): string {
  return joinIds(Object.entries(widths).map(([id, width]) => `${width}.${id}`));
}

/** The widths in a text of writeWidths; others are left out. */
export function readWidths(text: string): Record<string, number> {
  const widths: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const part of splitTexts(text)) {
    const [, width = "", id = ""] = /^(\d{1,5})\.(.+)$/s.exec(part) ?? [];
    if (parseColumn(id)) widths[id] = withinWidths(Number(width));
  }
  return widths;
}

/** A width within the bounds of columns. */
export function withinWidths(width: number): number {
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.round(width)));
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
