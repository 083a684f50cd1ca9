import type { ModelVersion, RegisteredModel } from "../../api/registry.js";

/** The page of a model. */
export function modelPath(name: string): string {
  return `/models/${encodeURIComponent(name)}`;
}

/** The highest number among a model's versions; undefined where it has none. */
export function newestVersion({ latest_versions: latest = [] }: RegisteredModel): string | undefined {
  const numbers = latest.map(({ version }) => Number(version));
  return numbers.length === 0 ? undefined : String(Math.max(...numbers));
}

/** The version that an alias named before, as far as numbers say: the highest one below the one it names; undefined where there is none. */
export function versionBefore(versions: readonly ModelVersion[], current: string): string | undefined {
  const lower = versions.map(({ version }) => Number(version)).filter((number) => number < Number(current));
  return lower.length === 0 ? undefined : String(Math.max(...lower));
}

/** The conditions in a text: one a line; empty lines are none. */
export function readRequirements(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
