import { randomBytes } from "node:crypto";
import type { ChalkInstance } from "chalk";
import { visibleText } from "./visible-text.js";

/**
 * Stands for the escape character in colors of our own until they are printed: a text from elsewhere cannot know it, so that any real
 * escape character is foreign.
 */
const OWN = `\ue001${randomBytes(4).toString("hex")}`;
const COLOR = String.raw`\[[\d;]*m`;
const REAL_COLOR = new RegExp(`\\u001b(${COLOR})`, "g");
const OWN_COLOR = new RegExp(`${OWN}(${COLOR})`, "g");

/** A pattern of colors around a text: ours, not printed yet. */
export const ANY_COLOR = `${OWN}${COLOR}`;
const ANY_COLORS = new RegExp(ANY_COLOR, "g");

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
