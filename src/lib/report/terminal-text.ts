import { randomBytes } from "node:crypto";
import type { ChalkInstance } from "chalk";

/**
 * Stands for the escape character in colours of our own until they are printed: a text from elsewhere cannot know it, so that any real
 * escape character is foreign.
 */
const OWN = `\ue001${randomBytes(4).toString("hex")}`;
const COLOUR = String.raw`\[[\d;]*m`;
const REAL_COLOUR = new RegExp(`\\u001b(${COLOUR})`, "g");
const OWN_COLOUR = new RegExp(`${OWN}(${COLOUR})`, "g");

/** Control sequences as a whole (ECMA-48), with escape characters of 7 bits and as C1 controls: CSI; OSC, DCS, SOS, PM, APC up to their end; others. */
const SEQUENCES = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    // one that does not end on its line hides nothing: only its beginning is dropped
    String.raw`(?:\u001b[P\]X^_]|[\u0090\u0098\u009d-\u009f])(?:[^\u0007\u001b\u009c\n\ue001]*(?:\u0007|\u001b\\|\u009c))?`,
    String.raw`\u001b[ -/]*[0-~]?`,
  ].join("|"),
  "g",
);
/** Characters that turn the order of what is written after them around. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g;

/** A pattern of colours around a text: real ones, and ours that are not printed yet. */
export const ANY_COLOUR = `(?:\\u001b|${OWN})${COLOUR}`;
const ANY_COLOURS = new RegExp(ANY_COLOUR, "g");

/** A text from anywhere as it may be shown: without control sequences, whole, other control characters as spaces. Colours of our own and line ends stay. */
export function visibleText(text: string): string {
  return text.replace(SEQUENCES, "").replace(/\r\n?/g, "\n").replace(CONTROLS, " ").replace(REORDERING, "");
}

/** A text without any colours. */
export function withoutColours(text: string): string {
  return text.replace(ANY_COLOURS, "");
}

/** Colours of our own as terminals understand them: the last step before a text is printed. */
export function fromOwnColours(text: string): string {
  return text.replace(OWN_COLOUR, "\u001b$1");
}

/** chalk whose colours are our own: any others, of texts that are coloured too, are left out. */
export function withOwnColours(chalk: ChalkInstance): ChalkInstance {
  const paint = (...texts: unknown[]) =>
    chalk(...texts.map((text) => fromOwnColours(visibleText(String(text))))).replace(REAL_COLOUR, `${OWN}$1`);
  return new Proxy(paint as unknown as ChalkInstance, {
    get: (_, name) => {
      const value: unknown = Reflect.get(chalk, name);
      return typeof value === "function" ? withOwnColours(value as ChalkInstance) : value;
    },
  });
}
