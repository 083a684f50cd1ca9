import { randomBytes } from "node:crypto";

/** What ids of the Responses API begin with: a response, a message, a thought, a call, and what a call gave. */
type Prefix = "resp" | "msg" | "rs" | "fc" | "fco";

/** An id that nobody can guess. */
export function newId(prefix: Prefix): string {
  return `${prefix}_${randomBytes(24).toString("hex")}`;
}
