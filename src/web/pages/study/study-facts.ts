import type { StudyResult } from "../../api/study-document.js";
import type { ParamValue } from "../../api/study-parts.js";
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
    ["Dataset", path === undefined || samples === undefined ? path : `${path}, ${samples} rows`],
    ["Scorer", values.get("scorer")],
  ];
  return facts.filter((fact): fact is NamedFact => fact[1] !== undefined);
}

/** How long a study took, in milliseconds; undefined where its document does not say. */
export function durationOf(result: StudyResult | undefined): number | undefined {
  if (!result) return undefined;
  if (result.schema === "llmops.bench/2") return 1000 * result.levels.reduce((sum, { seconds }) => sum + seconds, 0);
  return 1000 * result.study.seconds;
}

/** What was asked of what, by the document of a study. */
export function factsOf(result: StudyResult): NamedFact[] {
  switch (result.schema) {
    case "llmops.sweep/3": {
      const { model, dataset, scorer, seed, fixed, cells } = result.study;
      return [
        ...[fact("Model", model), rowsOf(dataset), fact("Scorer", scorer), ...answersOf(cells)],
        ...[...fixedOf(fixed), fact("Seed", String(seed))],
      ];
    }
    case "llmops.optimize/1": {
      const { model, dataset, sampler, seed, fixed, cells } = result.study;
      return [
        ...[fact("Model", model), rowsOf(dataset), fact("Held out", count(dataset.held_out, "row")), fact("Sampler", sampler)],
        ...[...answersOf(cells), ...fixedOf(fixed), fact("Seed", String(seed))],
      ];
    }
    case "llmops.judge/2": {
      const { dataset, seed, fixed } = result.study;
      return [
        fact("Answers of", result.target.model),
        judgeOf(result.judge),
        rowsOf(dataset),
        ...fixedOf(fixed),
        fact("Seed", String(seed)),
      ];
    }
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

/** Older documents do not say how many rows there were, and of which file. */
function rowsOf({ path, samples, available, digest }: { path: string; samples: number; available?: number; digest?: string }): NamedFact {
  const rows =
    available === undefined || available === samples ? count(samples, "row") : `${formatNumber(samples)} of ${count(available, "row")}`;
  return fact("Dataset", `${path.split(/[\\/]/).at(-1) ?? path}, ${rows}${digest === undefined ? "" : ` (${digest.slice(0, 8)})`}`);
}

function answersOf({
  done,
  failed,
  filtered,
  unscored,
}: {
  done: number;
  failed: number;
  filtered: number;
  unscored: number;
}): NamedFact[] {
  const lacking = Object.entries({ failed, filtered, unscored }).filter(([, number]) => number > 0);
  return [fact("Answers", [formatNumber(done), ...lacking.map(([what, number]) => `${formatNumber(number)} ${what}`)].join(", "))];
}

function fixedOf(fixed: Readonly<Record<string, ParamValue>>): NamedFact[] {
  const set = Object.entries(fixed).map(([name, value]) => `${name}=${String(value)}`);
  return set.length === 0 ? [] : [fact("Held fixed", set.join(", "))];
}
