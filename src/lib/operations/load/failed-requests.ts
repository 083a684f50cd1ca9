import { nounFor } from "../../base/errors/counted.js";
import { withoutFullStop } from "../../base/errors/text-ends.js";
import type { FailureLimit } from "../../experiments/gates/checks.js";
import type { LevelResult } from "./level-result.js";

/** Where no limit is asked for and nothing is decided by the result, so large a share may fail. */
const LARGEST_SHARE = 0.5;

/** Why a level says nothing of the endpoint, in a sentence: more of its requests failed than may, or none was answered. Otherwise undefined. */
export function whyUnusable({ requests: { done, failed }, errors }: LevelResult, limit: FailureLimit | undefined): string | undefined {
  if (done === 0) return "Nothing was answered.";
  if (failed < done && failed <= mostFailed(limit, done)) return undefined;
  const [first] = errors;
  const why = first === undefined ? "" : `: ${first.code}: ${withoutFullStop(first.message)}`;
  return `${failed} of ${done} ${nounFor(done, "request")} failed${why}.`;
}

function mostFailed(limit: FailureLimit | undefined, done: number): number {
  if (limit === undefined) return LARGEST_SHARE * done;
  return "share" in limit ? limit.share * done : limit.count;
}
