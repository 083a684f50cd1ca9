import type { CheckResult } from "../experiments/gates/checks.js";
import { describeErrors, type CellError } from "../experiments/study/error-tally.js";
import { html, type Html } from "./html-page.js";

/** What a result had to hold and whether it does, and why something has no score: paragraphs of a page. */
export function gatesHtml({ checks, errors }: { checks: readonly CheckResult[]; errors: readonly CellError[] }): Html {
  return html`${checks.map(({ name, state, evidence }) => html`<p class="${state === "met" ? "" : "bad"}">gate ${name}: ${state}: ${evidence}</p>`)}
  ${errors.length === 0 ? "" : html`<p class="bad">Not scored: ${describeErrors(errors)}.</p>`}`;
}
