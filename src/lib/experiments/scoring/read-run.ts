/** How a reader takes "1,234" and "1.234", which are a thousand in one convention and a bit over one in the other. */
export type Ambiguous = "either" | "computer";

/** One number's possible readings as plain decimals ("1234.5"), the likeliest first. */
export type Readings = string[];

/** Digits with what stands between them: "1,234.50", "12 500", "3". */
export const RUN = /\d+(?:[.,'\u2019\u02bc_\u066b\u066c\u00a0\u202f\u2007\u2009]\d+| \d{3}(?!\d))*/g;

const DECIMAL = /^[.,\u066b]$/;

/**
 * The numbers in a run of digits and separators, each with its possible readings. Separators between groups of three (or, with
 * commas, of two before the last three, as in India) are of thousands, a single point or comma is a decimal one; where both are
 * possible, `either` gives both, `computer` the reading of programming languages and English: a point is decimal, a comma is
 * of thousands. What is neither ("1,2,3") is several numbers; with points ("1.2.3", "10.0.0.1") it is none.
 */
export function readRun(run: string, ambiguous: Ambiguous): Readings[] {
  const groups = run.split(/\D/);
  const marks = Array.from(run.replace(/\d/g, ""), unify);
  const [first] = marks;
  if (first === undefined) return [[run]];
  const whole = isOneMark(marks) && isGrouped(groups, first) ? groups.join("") : undefined;
  if (marks.length === 1 && DECIMAL.test(first)) return [readSingle(groups.join("."), whole, { mark: first, ambiguous })];
  if (whole !== undefined) return first === " " && groups[0]?.length === 3 ? [[whole, groups.at(-1) ?? ""]] : [[whole]];
  const mixed = readMixed(groups, marks);
  return mixed === undefined ? split(run, ambiguous) : [[mixed]];
}

/** Groups of thousands, then decimals after another mark. */
function readMixed(groups: readonly string[], marks: readonly string[]): string | undefined {
  const [mark = ""] = marks;
  const last = marks.at(-1) ?? "";
  const [whole, part] = [groups.slice(0, -1), groups.at(-1) ?? ""];
  const fits = DECIMAL.test(last) && mark !== last && isOneMark(marks.slice(0, -1)) && isGrouped(whole, mark);
  return fits ? `${whole.join("")}.${part}` : undefined;
}

function isOneMark(marks: readonly string[]): boolean {
  return marks.every((mark) => mark === marks[0]);
}

function readSingle(decimal: string, whole: string | undefined, { mark, ambiguous }: { mark: string; ambiguous: Ambiguous }): Readings {
  if (whole === undefined) return [decimal];
  if (ambiguous === "computer") return mark === "," ? [whole] : [decimal];
  return mark === "," ? [whole, decimal] : [decimal, whole];
}

/** Several numbers that stand close: apart at spaces if there are any, else at all that is not a point. */
function split(run: string, ambiguous: Ambiguous): Readings[] {
  const parts = run.split(/[ \u00a0\u202f\u2007\u2009]/);
  if (parts.length > 1) return parts.flatMap((part) => readRun(part, ambiguous));
  const pieces = run.split(/[^\d.]/);
  return pieces.length > 1 ? pieces.flatMap((piece) => readRun(piece, ambiguous)) : [];
}

/** All spaces but the plain one as a no-break space, all apostrophes as the straight one. */
function unify(mark: string): string {
  if (/[\u00a0\u202f\u2007\u2009]/.test(mark)) return "\u00a0";
  return mark === "\u2019" || mark === "\u02bc" ? "'" : mark;
}

function isGrouped(groups: readonly string[], mark: string): boolean {
  const [first = "", ...rest] = groups;
  if (mark === "\u066b" || rest.length === 0 || first.startsWith("0")) return false;
  if (first.length <= 3 && rest.every((group) => group.length === 3)) return true;
  const indian = mark === "," || mark === "\u066c";
  return indian && first.length <= 2 && rest.at(-1)?.length === 3 && rest.slice(0, -1).every((group) => group.length === 2);
}
