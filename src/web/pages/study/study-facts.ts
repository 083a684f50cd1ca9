import type { StudyResult } from "../../api/study-document.js";
import type { AskedFacts, CellCounts, DatasetFacts } from "../../api/study-parts.js";
import { count, formatNumber } from "../../format/numbers.js";

/** What something has under a name. */
type NamedFact = [name: string, text: string];

/** What the run of a study says of it before there is a document, or where there never was one. */
export function paramFacts(params: readonly { key: string; value: string }[]): NamedFact[] {
  const values = new Map(params.map(({ key, value }) => [key, value]));
  const dataset = values.get("dataset");
  const samples = values.get("samples");
  const path = dataset?.split(/[\\/]/).at(-1);
  const facts: [string, string | undefined][] = [
    ["Model", values.get("model")],
    [
      "Dataset",
      path === undefined || samples === undefined ? path : `${path}, ${/^\d+$/.test(samples) ? count(Number(samples), "row") : samples}`,
    ],
    ["Scorer", values.get("scorer")],
  ];
  return facts.filter((fact): fact is NamedFact => fact[1] !== undefined);
}

/** How long a study took, in milliseconds; undefined where its document does not say. */
export function durationOf(result: StudyResult | undefined): number | undefined {
  if (!result) return undefined;
  if (result.schema === "llmops.bench/2") return 1000 * result.levels.reduce((sum, { seconds }) => sum + seconds, 0);
  const { study } = result as { study?: { seconds?: number } }; // documents of other versions may have none
  return study?.seconds === undefined ? undefined : 1000 * study.seconds;
}

/** What was asked of what, by the document of a study. */
export function factsOf(result: StudyResult): NamedFact[] {
  switch (result.schema) {
    case "llmops.sweep/3": {
      const { model, dataset, scorer } = result.study;
      return [fact("Model", model), rowsOf(dataset), fact("Scorer", scorer), ...howAsked(result.study)];
    }
    case "llmops.optimize/1": {
      const { model, dataset, sampler } = result.study;
      const heldOut = fact("Held out", count(dataset.held_out, "row"));
      return [fact("Model", model), rowsOf(dataset), heldOut, fact("Sampler", sampler), ...howAsked(result.study)];
    }
    case "llmops.judge/2":
      return [fact("Answers of", result.target.model), judgeOf(result.judge), rowsOf(result.study.dataset), ...howAsked(result.study)];
    case "llmops.pairwise/2":
      return [judgeOf(result.judge), rowsOf({ ...result.study.dataset, samples: result.study.samples })];
    case "llmops.bench/2":
      return [fact("Model", result.model), fact("Target", result.target), fact("Tokens at most", String(result.max_tokens))];
    default:
      return [];
  }
}

function fact(name: string, text: string): NamedFact {
  return [name, text];
}

function judgeOf({ models, method }: { models: readonly { model: string }[]; method: string }): NamedFact {
  return fact("Judge", `${models.map(({ model }) => model).join(", ")} (${method})`);
}

/** What documents that are older, or were written by others, do not have is not told. */
function rowsOf({ path, samples, available = samples, digest = "" }: DatasetFacts): NamedFact {
  const rows = available === samples ? count(samples, "row") : `${formatNumber(samples)} of ${count(available, "row")}`;
  return fact("Dataset", `${path.split(/[\\/]/).at(-1) ?? path}, ${rows}${digest === "" ? "" : ` (${digest.slice(0, 8)})`}`);
}

function howAsked({ cells, fixed = {}, seed }: AskedFacts): NamedFact[] {
  const set = Object.entries(fixed).map(([name, value]) => `${name}=${String(value)}`);
  return [
    ...(cells ? [fact("Answers", describeCells(cells))] : []),
    ...(set.length === 0 ? [] : [fact("Held fixed", set.join(", "))]),
    ...(seed === undefined ? [] : [fact("Seed", String(seed))]),
  ];
}

function describeCells({ done, failed, filtered, unscored }: CellCounts): string {
  const lacking = Object.entries({ failed, filtered, unscored }).filter(([, number]) => number > 0);
  return [formatNumber(done), ...lacking.map(([what, number]) => `${formatNumber(number)} ${what}`)].join(", ");
}
