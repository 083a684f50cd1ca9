import type { CellError } from "../../experiments/study/error-tally.js";
import type { CanaryComparison } from "../../operations/canary/compare-canary.js";
import { canaryVerdict } from "../canary-table.js";
import type { Page } from "./write-page.js";

/** What a round of a canary found, as `monitor canary --json` prints it. */
interface CanaryRound {
  name: string;
  model: string;
  target: string;
  time: string;
  run_id: string | null;
  comparison: CanaryComparison | null;
  errors: readonly CellError[];
}

/** The rounds of a canary, in their order: how far the answers have drifted from those that were saved. */
export function canaryPage(rounds: readonly CanaryRound[], command: string): Page {
  const last = rounds.at(-1);
  const shown = [...rounds].reverse().map((document) => ({
    ...{ run_id: document.run_id ?? document.time, experiment_id: "", document },
    verdict: document.comparison ? canaryVerdict(document.comparison) : "Saved as what later answers are compared with.",
  }));
  const title = last ? `${last.name}: ${last.model}` : "Canary";
  return { title, view: { kind: "canary", command, rounds: shown, errors: last?.errors ?? [] } };
}
