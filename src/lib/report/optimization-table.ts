import type { ChalkInstance } from "chalk";
import type { OptimizationResult, ProofDocument, TrialDocument } from "../experiments/optimize/optimization-result.js";
import { kindOf, withinKind, type Objective, type Resolved } from "../experiments/optimize/objective.js";
import { searchFailure } from "../experiments/optimize/search-failure.js";
import type { Optimization } from "../experiments/optimize/run-optimization.js";
import { describeSetting } from "../experiments/study/study.js";
import { formatInterval, formatScore } from "./format-score.js";
import { wrapProse } from "./display-width.js";
import { broken, cut, whole } from "./fit-columns.js";
import { describeProof, describeShare, proofVerdict, sentence } from "./optimization-verdict.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import type { Screen } from "./screen.js";
import { splitTable } from "./split-table.js";
import { optimizationTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";

const SHOWN_TRIALS = 10;
const BARS = "▁▂▃▄▅▆▇█";

/** What a search comes to, in a sentence of plain text. */
export function describeSearch(result: OptimizationResult): string {
  return searchFailure(result) ?? sentence(proofVerdict(result).text);
}

/** A trial that has ended, in a line. */
export function describeTrial(
  optimization: Optimization,
  objectives: readonly Resolved<Objective>[],
  { index, trials }: { index: number; trials: number },
): string {
  const result = optimization.results()[index];
  const best = optimization.best();
  if (!result) return "";
  const values = objectives.map((objective, k) => {
    const { value = Number.NaN, se } = result.values[k] ?? {};
    const kind = kindOf(objective);
    return `${objective.name} ${formatScore(value, kind)}${se === undefined ? "" : ` ± ${formatScore(se, kind)}`}`;
  });
  const what = result.state === "failed" ? `failed: ${result.problem ?? ""}` : values.join(", ");
  const early = result.state === "stopped" ? " (stopped early)" : "";
  const broken = result.feasible === false ? " (breaks a condition)" : "";
  const [first] = objectives;
  const believed =
    best && first ? `; best ${formatScore(withinKind(first, best.mean), kindOf(first))} at ${describeSetting(best.trial.params)}` : "";
  return `trial ${index + 1}/${trials}: ${describeSetting(result.params)}: ${what}${early}${broken}${believed}`;
}

/** A search for a terminal: the best trials, the way there, what is believed best, and the proof. */
export function renderOptimization(result: OptimizationResult, screen: Screen): string {
  const { chalk, width } = screen;
  const parts = [
    trialTable(result, screen),
    ...way(result),
    ...verdict(result, chalk),
    ...proofLines(result, screen),
    ...problems(result, chalk),
    recorded(result),
  ];
  return wrapProse(parts.join("\n"), width);
}

function trialTable({ trials, space, objectives, constraints, best, front }: OptimizationResult, screen: Screen): string {
  const sign = objectives[0]?.direction === "min" ? -1 : 1;
  const shown = trials
    .filter(({ value }) => value !== null)
    .sort((a, b) => Number(b.feasible ?? true) - Number(a.feasible ?? true) || sign * ((b.value ?? 0) - (a.value ?? 0)))
    .slice(0, SHOWN_TRIALS);
  const head = [
    whole("trial"),
    ...space.map(({ name }, i) => cut(name, 1 + i)),
    ...objectives.map(({ name }) => whole(name, 0)),
    ...[whole("se", 102), ...constraints.map((name) => whole(name, 101)), whole("state", 100)],
  ];
  const rows = shown.map((trial) => {
    const cells = [
      String(trial.trial + 1),
      ...space.map(({ name }) => cell(trial.params[name])),
      ...objectives.map(({ kind }, k) => formatScore(trial.values?.[k] ?? trial.value, kind)),
      trial.se === null ? "-" : formatScore(trial.se, objectives[0]?.kind ?? "mean"),
      ...trial.bounds.map((bound) => (bound === null ? "-" : short(bound))),
      trial.feasible === false ? "breaks" : trial.state,
    ];
    const isGood = trial.trial === best?.trial || front?.trials.includes(trial.trial);
    return isGood ? cells.map((text) => screen.chalk.green(text)) : cells;
  });
  // what is searched and what it is searched for is always seen, if need be in a table below
  const asked = 1 + space.length + objectives.length;
  const table = splitTable(head, rows, screen, {
    keys: 1,
    isWanted: ({ name }) => head.slice(1, asked).some((one) => one.name === name),
    align: "right",
  });
  const breaks = shown.some(({ feasible }) => feasible === false);
  return breaks ? `${table}\n${screen.chalk.dim(`State "breaks": the trial does not satisfy ${constraints.join(" and ")}.`)}` : table;
}

/** The best value so far, trial by trial. */
function way({ trials, objectives }: OptimizationResult): string[] {
  const [first, ...others] = objectives;
  const values = trials.flatMap(({ value, feasible }) => (value === null || feasible === false ? [] : [value]));
  if (!first || others.length > 0 || values.length < 3) return [];
  const pick = first.direction === "max" ? Math.max : Math.min;
  const best = values.map((_, i) => pick(...values.slice(0, i + 1)));
  if (best[0] === best.at(-1)) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bars = best.map((value) => BARS[Math.round(((value - low) / (high - low || 1)) * (BARS.length - 1))] ?? "").join("");
  return [`best so far  ${bars}  ${formatScore(best[0], first.kind)} to ${formatScore(best.at(-1), first.kind)}`];
}

function verdict(result: OptimizationResult, chalk: ChalkInstance): string[] {
  const { front, study } = result;
  const { finished, stopped, failed } = study.trials;
  const early = stopped > 0 ? `, ${stopped} of them stopped early` : "";
  const ended = study.stopped_by === "trials" ? "" : ` Ended by: ${study.stopped_by}.`;
  const lines = [
    `${counted(finished + stopped, "trial")}${early}${failed > 0 ? `, ${failed} failed` : ""}.${ended}`,
    ...believed(result, chalk),
  ];
  if (front && front.trials.length > 0)
    lines.push(
      `${counted(front.trials.length, "trial")} on the front; it dominates ${(100 * front.hypervolume).toFixed(0)} % of the box of all trials.`,
    );
  lines.push(...importance(result));
  return lines;
}

function importance({ objectives, surface }: OptimizationResult): string[] {
  const moved = objectives[0]?.name ?? "it";
  const shares = surface?.importance ?? [];
  if (shares.length < 2) return [];
  if (shares.every(({ share }) => share < 0.005)) return [`No single parameter visibly changes ${moved}.`];
  const matter = shares.map(({ name, share }) => `${name} ${(share * 100).toFixed(0)} %`).join(", ");
  return [`What changes ${moved}: ${matter}; the rest is interaction (Sobol' first-order shares of variance).`];
}

function believed(result: OptimizationResult, chalk: ChalkInstance): string[] {
  const { best, objectives, nearest } = result;
  const [first] = objectives;
  if (nearest) return [chalk.yellow(sentence(proofVerdict(result).text))];
  if (!best || !first) return [];
  const range = best.low === best.high ? "" : ` (${formatScore(best.low, first.kind)} - ${formatScore(best.high, first.kind)} with 95 %)`;
  return [
    `Believed best: ${chalk.green.bold(describeSetting(best.params))} with ${first.name} ${formatScore(best.mean, first.kind)}${range}.`,
  ];
}

function proofLines(result: OptimizationResult, screen: Screen): string[] {
  const { proof, objectives } = result;
  const { chalk } = screen;
  if (!proof) return [];
  const names = [
    ...objectives,
    ...othersOf(
      proof,
      objectives.map(({ name }) => name),
    ).map((name) => ({ name, kind: "mean" as const })),
  ];
  const head = [
    whole("proof"),
    broken("setting", 0),
    ...names.flatMap(({ name }, i) => [whole(name, i === 0 ? 0 : 10 + i), whole("95 % interval", i === 0 ? 2 : 20 + i)]),
    broken("against the default", 0),
  ];
  const rows = proof.settings.map((setting) => [
    setting.role,
    setting.name,
    ...names.flatMap(({ name, kind }) => [formatScore(setting.metrics[name]?.mean, kind), formatInterval(setting.metrics[name], kind)]),
    describeProof(setting, objectives),
  ]);
  const { state, text } = proofVerdict(result);
  const said = state === "met" ? `${chalk.green.bold("Proven:")} ${text}.` : chalk.yellow(`Not proven: ${text}.`);
  return ["", splitTable(head, rows, screen, { keys: 2, isWanted: ({ name }) => names.some((one) => one.name === name) }), said];
}

function othersOf({ settings }: ProofDocument, objectives: readonly string[]): string[] {
  return Object.keys(settings[0]?.metrics ?? {}).filter((name) => !objectives.includes(name));
}

function problems(result: OptimizationResult, chalk: ChalkInstance): string[] {
  const { study, trials } = result;
  const failure = searchFailure(result);
  const why = failure === undefined ? [] : [chalk.yellow(failure)];
  const lines = [...why, ...describeRateLimits(study), ...optimizationTruncated(result).map((line) => chalk.yellow(line))];
  const failed = trials.find(({ state }) => state === "failed");
  if (failed) lines.push(chalk.yellow(`Trial ${failed.trial + 1} (${describeSetting(failed.params)}) failed: ${failed.problem ?? ""}`));
  if (study.status === "finished") return lines;
  return [...lines, chalk.yellow(`${describeEnd(result)}; continue with: ${study.resume}`)];
}

/** Where a search that did not end was cut. */
function describeEnd({ study, proof }: OptimizationResult): string {
  const what = study.status === "interrupted" ? "Interrupted" : "The budget was spent";
  const trials = counted(study.trials.finished + study.trials.stopped, "trial");
  return `${what} after ${proof ? `${describeShare(proof.cells)} of the proof` : trials}`;
}

function recorded({ study }: OptimizationResult): string {
  const time = `(${study.seconds.toFixed(1)} s)`;
  if (study.run_id === null) return `Not recorded in ${study.tracking_uri}, experiment "${study.experiment}" ${time}.`;
  return `Recorded in ${study.tracking_uri}, experiment "${study.experiment}", run ${study.run_id} ${time}.`;
}

function cell(value: number | string | undefined): string {
  return typeof value === "number" ? short(value) : (value ?? "");
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A trial in the words of a table. */
export function trialCells({ trial, params, value, values, se, state }: TrialDocument, names: readonly string[]): string[] {
  const numbers = (values ?? [value]).map((one) => (one === null ? "" : short(one)));
  return [String(trial + 1), ...names.map((name) => cell(params[name])), ...numbers, se === null ? "" : short(se), state];
}
