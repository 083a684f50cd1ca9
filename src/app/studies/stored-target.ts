import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import type { StudyGates } from "./study-gates.js";

/** What answered a stored study, by its name: it is never asked again. */
export function storedTarget({ header, facts }: StoredStudy): CompletionTarget {
  const named = facts.models.map((text) => /^(.*?) \((.*)\)$/s.exec(text) ?? ["", text, text]);
  const listed = (part: number) => [...new Set(named.map((parts) => parts[part] ?? ""))].join(", ");
  return {
    model: listed(1),
    location: listed(2),
    complete: () => {
      throw new RangeError(`the answers of ${header.id} are scored as they are`);
    },
    close: () => Promise.resolve(),
  };
}

/** Throws INVALID_ARGUMENT: where nothing is asked, no model is open that could grade by default. */
export function noJudge(): never {
  throw new LlmopsError("INVALID_ARGUMENT", "No judge was named, and no model is running that could grade.", {
    hint: "Name one with --judge-model_path or --judge-endpoint.",
  });
}

/** Throws INVALID_ARGUMENT for gates on a study that has not ended: its missing cells would count for nothing. */
export function checkStored({ header }: StoredStudy, { requirements, baseline, limit }: StudyGates): void {
  const hasGate = requirements.length > 0 || baseline !== undefined || limit !== undefined;
  if (header.status === "finished" || !hasGate) return;
  throw new LlmopsError("INVALID_ARGUMENT", `The study ${header.id} has not ended: a gate on part of its answers would mean nothing.`, {
    hint: `Finish it first: ${header.command} --resume ${header.id}; or leave out the gates.`,
  });
}
