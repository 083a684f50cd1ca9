// Each reads a text once: an expression that looks for what stands at the end would begin anew at every place of a long run of it.

/** A URL or path without slashes at its end. */
export function withoutTrailingSlashes(text: string): string {
  return text.replace(/(?<!\/)\/+$/, "");
}

/** A sentence without its full stop, to continue with it. */
export function withoutFullStop(text: string): string {
  return text.replace(/(?<![.\s])[.\s]+$/, "");
}
