import { ViewReader, type ViewOutcome, type ViewTask } from "./view-reader.js";

let reader: ViewReader | undefined;

/** Answers a question in a thread of its own. */
export default function answer({ databasePath, task }: { databasePath: string; task: ViewTask }): ViewOutcome {
  reader ??= new ViewReader(databasePath);
  return reader.answer(task);
}
