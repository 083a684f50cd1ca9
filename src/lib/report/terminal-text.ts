import { randomBytes } from "node:crypto";
import type { ChalkInstance } from "chalk";

/**
 * Stands for the escape character in colors of our own until they are printed: a text from elsewhere cannot know it, so that any real
 * escape character is foreign.
 */
const OWN = `\ue001${randomBytes(4).toString("hex")}`;
const COLOR = String.raw`\[[\d;]*m`;
const REAL_COLOR = new RegExp(`\\u001b(${COLOR})`, "g");
const OWN_COLOR = new RegExp(`${OWN}(${COLOR})`, "g");

/**
 * What terminals obey or leave unseen: C0 and C1 with DEL, but not tab and newline; what turns the order of the text after it around;
 * other line ends; tags, with which a text can hide another. First what is spared: flags of England, Scotland and Wales, written with tags.
 */
const HIDDEN =
  /(\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f})|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\u{e0000}-\u{e007f}]/gu;

/** A pattern of colors around a text: ours, not printed yet. */
export const ANY_COLOR = `${OWN}${COLOR}`;
const ANY_COLORS = new RegExp(ANY_COLOR, "g");

/**
 * A text from anywhere as it may be shown: what a terminal would obey, or not show, is written out as \x1b, \u202e or \u{e0041}. Lines
 * end with newlines alone; tabs, emoji and colors of our own stay.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(HIDDEN, (one, flag?: string) => flag ?? writtenOut(one.codePointAt(0) as number));
}

/** A text from anywhere as a part of one line: line ends and tabs are spaces. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\n\t]+/g, " ");
}

/** A JSON text in which what a terminal would obey or not show is escaped, as JSON does; it means the same. */
export function jsonLine(json: string): string {
  return json.replace(
    HIDDEN,
    (one, flag?: string) => flag ?? Array.from({ length: one.length }, (_, i) => jsonEscape(one.charCodeAt(i))).join(""),
  );
}

function jsonEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function writtenOut(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x1_0000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** A text without any colors. */
export function withoutColors(text: string): string {
  return text.replace(ANY_COLORS, "");
}

/** A text of our own that a library colored: its colors become ours. */
export function toOwnColors(text: string): string {
  return text.replace(REAL_COLOR, `${OWN}$1`);
}

/** Colors of our own as terminals understand them: the last step before a text is printed. */
export function fromOwnColors(text: string): string {
  return text.replace(OWN_COLOR, "\u001b$1");
}

/** chalk whose colors are our own: any others, of texts that are colored too, are written out. */
export function withOwnColors(chalk: ChalkInstance): ChalkInstance {
  const paint = (...texts: unknown[]) => toOwnColors(chalk(...texts.map((text) => fromOwnColors(visibleText(String(text))))));
  return new Proxy(paint as unknown as ChalkInstance, {
    get: (_, name) => {
      const value: unknown = Reflect.get(chalk, name);
      return typeof value === "function" ? withOwnColors(value as ChalkInstance) : value;
    },
  });
}
