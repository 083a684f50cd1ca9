import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { MlflowError } from "../mlflow-error.js";

/** The five characters by which PostgreSQL names what is wrong, or the system's name of a failure to reach it. */
export function stateOf(cause: unknown): string {
  const { code } = cause as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** Whether the work may be done once more from its start: others were at the same rows. */
export function isConflict(cause: unknown): boolean {
  return ["40001", "40P01", "23505", "23503"].includes(stateOf(cause instanceof Error && cause.cause ? cause.cause : cause));
}

/** What the database or the way to it says, as errors users can act on; `uri` names it, without a password. */
export function toStoreError(cause: unknown, uri: string): Error {
  if (cause instanceof LlmopsError) return cause;
  const [why, state] = [messageOf(cause), stateOf(cause)];
  if (state === "57014") {
    return new MlflowError("TEMPORARILY_UNAVAILABLE", `${uri} took too long to answer: ${why}.`, { hint: "Request less at once.", cause });
  }
  if (/^(08|53|55P03|57P|40)/.test(state) || isUnreachable(state, why)) {
    return new MlflowError("TEMPORARILY_UNAVAILABLE", `${uri} does not answer: ${why}.`, { hint: "Try again.", cause });
  }
  if (state === "25006") {
    const hint = "Name the database that is written to; a replica is for reading.";
    return new LlmopsError("STORE_UNWRITABLE", `${uri} is only for reading: ${why}.`, { hint, cause });
  }
  if (/^(28|42501|3D000)/.test(state) || /client password/.test(why)) {
    const hint = "Check the user, the password (also PGPASSWORD and ~/.pgpass), the database, and what the user may do.";
    return new LlmopsError("STORE_UNWRITABLE", `${uri} refuses: ${why}.`, { hint, cause });
  }
  if (state === "42883") {
    const hint = "Open it once with `llmops mlflow server --backend-store-uri` as a user who may create functions in it.";
    return new LlmopsError("STORE_INCOMPATIBLE", `${uri} lacks what searches over spans and assessments need: ${why}.`, { hint, cause });
  }
  return toRefusal(cause, why, state) ?? (cause instanceof Error ? cause : new Error(why));
}

/** What is wrong with the values or the size of a request. */
function toRefusal(cause: unknown, why: string, state: string): MlflowError | undefined {
  if (state.startsWith("54")) {
    const said = `The search is too large for the store (${why}): it has too many conditions, values, or columns to order by.`;
    return new MlflowError("INVALID_PARAMETER_VALUE", said, { hint: "Request less at once.", cause });
  }
  if (state === "22021" && why.includes("0x00")) {
    const hint = "Leave it out; a store in SQLite keeps it.";
    return new MlflowError("BAD_REQUEST", "A text has the character NUL, which PostgreSQL does not keep.", { hint, cause });
  }
  if (state === "23503")
    return new MlflowError("RESOURCE_DOES_NOT_EXIST", `What this belongs to was deleted meanwhile: ${why}.`, { cause });
  return /^2[23]/.test(state) ? new MlflowError("BAD_REQUEST", `The store refused it: ${why}.`, { cause }) : undefined;
}

function isUnreachable(state: string, why: string): boolean {
  return (
    /^E[A-Z]+$/.test(state) ||
    /terminated|timeout|timed out|Client has encountered a connection error|not queryable|Cannot use a pool/i.test(why)
  );
}
