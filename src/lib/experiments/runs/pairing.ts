import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ScoredSource } from "./sample-scores.js";

const EXAMPLES = 3;

/**
 * Says of every result which of its samples have no partner in the first, one sentence each; nothing where all are paired. Throws
 * INVALID_ARGUMENT for one that shares no scored sample with the first: there would be nothing to compare.
 */
export function checkPairing([first, ...others]: readonly ScoredSource[]): string[] {
  if (!first) return [];
  return others.flatMap((other) => {
    const shared = scoresOf(first).filter((score) => other.scores?.has(score));
    if (shared.length === 0) throw nothingShared("scores", [first, scoresOf(first)], [other, scoresOf(other)]);
    const [before, after] = [samplesOf(first, shared), samplesOf(other, shared)];
    if (!shared.some((score) => sharesSample(first.scores?.get(score), other.scores?.get(score)))) {
      throw nothingShared("samples", [first, [...before]], [other, [...after]]);
    }
    return [unpaired(first, before, other, after), unpaired(other, after, first, before)].filter((text) => text !== "");
  });
}

function scoresOf({ scores }: ScoredSource): string[] {
  return [...(scores?.keys() ?? [])];
}

function samplesOf({ scores }: ScoredSource, shared: readonly string[]): Set<string> {
  return new Set(shared.flatMap((score) => [...(scores?.get(score)?.keys() ?? [])]));
}

function sharesSample(a: ReadonlyMap<string, unknown> | undefined, b: ReadonlyMap<string, unknown> | undefined): boolean {
  return a !== undefined && b !== undefined && [...a.keys()].some((sample) => b.has(sample));
}

function nothingShared(what: "scores" | "samples", [a, ofA]: [ScoredSource, string[]], [b, ofB]: [ScoredSource, string[]]): LlmopsError {
  return new LlmopsError(
    "INVALID_ARGUMENT",
    `${a.name} and ${b.name} have no ${what} in common: ${a.name} has ${examples(ofA, what)}, ${b.name} has ${examples(ofB, what)}.`,
    {
      hint:
        what === "samples"
          ? "Rows are paired where they ask the same under the same id, or under ids that only count lines: use the same ids, and the same questions, in both."
          : "Scores are paired by name, and need the values of single samples: name results that were scored alike.",
    },
  );
}

function unpaired(one: ScoredSource, samples: ReadonlySet<string>, other: ScoredSource, others: ReadonlySet<string>): string {
  const alone = [...samples].filter((sample) => !others.has(sample));
  if (alone.length === 0) return "";
  const noun = samples.size === 1 ? "sample" : "samples";
  const verb = alone.length === 1 ? "is" : "are";
  return `${alone.length} of ${samples.size} scored ${noun} of ${one.name} ${verb} left out, having no score in ${other.name}: ${examples(alone, "samples")}.`;
}

/** Samples stand as JSON already. */
function examples(names: readonly string[], what: "scores" | "samples"): string {
  if (names.length === 0) return what === "samples" ? "none" : "no scores of single samples";
  const shown = names.slice(0, EXAMPLES).map((name) => cut(what === "samples" ? name : JSON.stringify(name)));
  return `${shown.join(", ")}${names.length > EXAMPLES ? `, ... (${names.length})` : ""}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
