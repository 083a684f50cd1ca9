import { invalid } from "../../mlflow-error.js";
import type { RunScope } from "../../store-views.js";
import { stageIs } from "../experiments.js";
import { inExperiments, runConditions, type RunConditions } from "../run-search.js";
import type { Sql } from "../to-sql.js";
import { inGroup } from "./grouping.js";
import { hasWord, type SearchedTexts } from "./words.js";
import { PARENT_TAG } from "../../mlflow-tags.js";

const MOST_WORDS = 20;
const LONGEST_WORD = 500;

/** The conditions that keep the runs of a scope; `texts` gives what words are looked for in. Throws INVALID_PARAMETER_VALUE for a filter that is wrong, or too many words. */
export async function scopeConditions(
  { experimentIds, filter, words, viewType = "ACTIVE_ONLY", parent, group }: RunScope,
  texts: () => Promise<SearchedTexts>,
): Promise<RunConditions> {
  const stage = stageIs("r.lifecycle_stage", viewType);
  const kin = parent === undefined ? [] : [parent === "roots" ? withoutParent(viewType) : childrenOf(parent.runId)];
  const together = group === undefined ? [] : [inGroup(group)];
  return runConditions(filter, [ofExperiments(experimentIds), stage, ...kin, ...together, ...(await wordConditions(words, texts))]);
}

async function wordConditions(words: string | undefined, texts: () => Promise<SearchedTexts>): Promise<Sql[]> {
  const found = splitWords(words);
  if (found.length === 0) return [];
  const searched = await texts();
  return found.map((word) => hasWord(word, searched));
}

/** Runs `r` of these experiments, or of all that are active where none is named. */
export function ofExperiments(experimentIds: readonly string[]): Sql {
  if (experimentIds.length > 0) return inExperiments(experimentIds);
  return { text: "r.experiment_id IN (SELECT experiment_id FROM experiments WHERE lifecycle_stage = 'active')", values: [] };
}

/**
 * A run whose parent is not shown beside it is nobody's child: it would not be found at all. It is asked of each run: the first of an order
 * are found without a look at the others.
 */
function withoutParent(viewType: RunScope["viewType"]): Sql {
  const stage = stageIs("p.lifecycle_stage", viewType ?? "ACTIVE_ONLY");
  return {
    text: `NOT EXISTS (SELECT 1 FROM tags t JOIN runs p INDEXED BY llmops_runs_by_id ON p.run_uuid = t.value
      WHERE t.run_uuid = r.run_uuid AND t."key" = '${PARENT_TAG}' AND ${stage.text})`,
    values: stage.values,
  };
}

function childrenOf(runId: string): Sql {
  return {
    text: `r.run_uuid IN (SELECT run_uuid FROM tags INDEXED BY llmops_tag_values WHERE "key" = '${PARENT_TAG}' AND value = ?)`,
    values: [runId],
  };
}

/** Throws INVALID_PARAMETER_VALUE for a place that is none, or more rows than `most`. */
export function checkPlace({ offset, limit }: { offset: number; limit: number }, most: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > most)
    throw invalid(`Invalid value ${limit} for parameter 'limit' supplied: it must be at least 1 and at most ${most}.`);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw invalid(`Invalid value ${offset} for parameter 'offset' supplied: it must be a whole number from 0 on.`);
}

/** The different words of a text. Throws INVALID_PARAMETER_VALUE for too many, or one that is too long. */
export function splitWords(words = ""): string[] {
  const found = [...new Set(words.split(/\s+/u).filter((word) => word !== ""))];
  if (found.length > MOST_WORDS) throw invalid(`At most ${MOST_WORDS} search words are allowed. Got ${found.length}.`);
  const long = found.find((word) => word.length > LONGEST_WORD);
  if (long !== undefined) throw invalid(`A search word may have at most ${LONGEST_WORD} characters. Got ${long.length}.`);
  return found;
}
