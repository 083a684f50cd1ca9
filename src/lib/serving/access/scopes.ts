import { LlmopsError } from "../../base/errors/llmops-error.js";

/** What a key may do: ask models; read metrics, experiments and runs; change the server itself. */
export const SCOPES = ["infer", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Of keys that say nothing, and of those made before there were scopes. */
export const DEFAULT_SCOPES: readonly Scope[] = ["infer"];

/** True where a key with these scopes may do what needs this one. `admin` includes the others; `infer` and `read` include nothing else. */
export function allows(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes("admin");
}

/** Reads scopes that are given one by one or comma-separated; `infer` where there are none. Throws INVALID_ARGUMENT for an unknown one. */
export function parseScopes(texts: readonly string[]): Scope[] {
  const names = texts
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !SCOPES.some((scope) => scope === name));
  if (unknown !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `Unknown scope "${unknown}".`, { hint: `Scopes: ${SCOPES.join(", ")}.` });
  }
  return names.length === 0 ? [...DEFAULT_SCOPES] : SCOPES.filter((scope) => names.includes(scope));
}
