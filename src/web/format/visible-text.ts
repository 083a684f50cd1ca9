/** What turns the order of the text after it around, or is not seen: with it a text can be shown that is not there. */
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/gu;

/** A text from anywhere as it may be shown: characters that reorder others, or that nobody sees, are written out, as \u202e. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
