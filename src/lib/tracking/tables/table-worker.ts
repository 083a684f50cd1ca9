import { TableReader, type TableOutcome, type TableTask } from "./table-reader.js";

const reader = new TableReader();

/** Answers a question in a thread of its own. */
export default function answer(task: TableTask): TableOutcome {
  return reader.answer(task);
}
