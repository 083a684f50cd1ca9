import type { Table } from "../../tracking/records.js";
import type { CellRecord } from "./cell-record.js";
import { primaryMetric, type StudyPlan } from "./study.js";

/** The table of a setting's cells, as MLflow has evaluations: what was asked, what was answered, and the scores. */
export function cellTable(plan: StudyPlan, records: readonly CellRecord[]): Table {
  const scorers = plan.scorers.map((scorer) => scorer.name);
  const metric = primaryMetric(plan);
  const named = metric === plan.primary.name ? scorers : [metric, ...scorers];
  const scored = metric === plan.primary.name ? scorers : [plan.primary.name, ...scorers];
  const thinks = records.some(({ thoughts }) => thoughts !== undefined);
  const outputs = ["outputs", ...(thinks ? ["thoughts"] : []), "finish_reason", "error"];
  const columns = ["id", "topic", "repeat", "seed", "inputs", "targets", ...outputs, ...named];
  return { columns, data: records.map((record) => [...sampleColumns(plan, record), ...outcomeColumns(record, scored, thinks)]) };
}

function sampleColumns(plan: StudyPlan, { sample: index, repeat, seed }: CellRecord): (string | number | null)[] {
  const sample = plan.dataset.samples[index];
  return sample ? [sample.id, sample.topic, repeat, seed, sample.question, sample.answer] : [];
}

function outcomeColumns(record: CellRecord, scorers: readonly string[], thinks: boolean): (string | number | null)[] {
  const { text = null, thoughts = null, finishReason = null, error, scores = {}, scorerErrors = {} } = record;
  const problem = error ?? Object.values(scorerErrors)[0];
  return [text, ...(thinks ? [thoughts] : []), finishReason, problem?.message ?? null, ...scorers.map((name) => scores[name] ?? null)];
}
