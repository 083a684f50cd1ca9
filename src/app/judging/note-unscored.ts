import { counted } from "../../lib/base/errors/counted.js";
import { withoutFullStop } from "../../lib/base/errors/text-ends.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { Host } from "../host/host.js";

/** Rows without a score that are named. */
const SHOWN = 5;

/** Says which rows are left out of the card, and why. */
export function noteUnscored({ rows }: Pick<JudgementResult, "rows">, { note }: Pick<Host, "note">): void {
  const missing = rows.filter(({ score }) => score === null);
  if (missing.length === 0) return;
  const shown = missing
    .slice(0, SHOWN)
    .map(({ id, problem }) => `${JSON.stringify(id)}${problem === null ? "" : ` (${withoutFullStop(problem)})`}`);
  const more = missing.length > SHOWN ? `, and ${missing.length - SHOWN} more` : "";
  note(`The judge gave no score to ${counted(missing.length, "row")}, left out of the card: ${shown.join(", ")}${more}.`);
}
