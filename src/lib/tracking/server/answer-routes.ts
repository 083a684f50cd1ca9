import type { AnswersRequest, Rating } from "../../base/pages/answers.js";
import { windowToWire } from "../../base/pages/answers-wire.js";
import { invalid } from "../mlflow-error.js";
import { missingValue } from "../limits.js";
import type { Routes } from "./api.js";
import type { StoreAnswers } from "./answers.js";
import type { Fields } from "./fields.js";

const MOST_RUNS = 100;
const MOST_ROWS = 50;
const ROWS = 20;
const SHOWN = ["all", "flips", "differ", "failed", "rated"] as const;

/** Answers of runs row by row, ratings of them, and the rated ones as labels for judges. */
export function answerRoutes(answers: StoreAnswers): Routes {
  return {
    "POST llmops/1/answers/query": async (fields) => {
      const request = readRequest(fields);
      return windowToWire(await answers.answers(request), request.offset);
    },
    "POST llmops/1/answers/rate": async (fields) => {
      const rating = readRating(fields);
      const answer = { runId: fields.requiredText("run_id"), rowId: fields.requiredId("row_id"), repeat: fields.integer("repeat") ?? 0 };
      await answers.rate({ ...answer, ...rating, rater: fields.text("rater") ?? "web" });
      return {};
    },
    "POST llmops/1/answers/labels": async (fields) => {
      const labels = await answers.labels(readRuns(fields));
      return { labels: labels.map(({ runId, ...label }) => ({ ...label, run_id: runId })) };
    },
  };
}

function readRequest(fields: Fields): AnswersRequest {
  const number = (name: string) => (fields.has(name) ? fields.requiredDouble(name) : undefined);
  const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? ROWS];
  if (offset < 0) throw invalid(`Invalid value ${offset} for parameter 'offset' supplied: it must be 0 or more.`);
  if (limit < 1 || limit > MOST_ROWS)
    throw invalid(`Invalid value ${limit} for parameter 'limit' supplied: it must be from 1 to ${MOST_ROWS}.`);
  return {
    ...{ runIds: readRuns(fields), score: fields.text("score"), offset, limit },
    show: fields.choice("show", SHOWN) ?? "all",
    ...{ min: number("min"), max: number("max"), topic: fields.text("topic"), words: fields.text("words") },
  };
}

function readRuns(fields: Fields): string[] {
  const runs = [...new Set(fields.texts("runs"))];
  if (runs.length === 0) throw missingValue("runs");
  if (runs.length > MOST_RUNS) throw invalid(`${runs.length} runs are too many: at most ${MOST_RUNS} are shown beside each other.`);
  return runs;
}

function readRating(fields: Fields): Rating {
  const value = fields.json("value") ?? null;
  const comment = fields.text("comment") ?? null;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return { value, comment };
  throw invalid("Invalid value for parameter 'value' supplied: it must be a text, a number, true, or false.");
}
