import type { LlmopsError } from "../../base/errors/llmops-error.js";

/** What an error says to a client, with what to do about it, in APIs that have one text for both. */
export function errorText({ message, hint }: LlmopsError): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
