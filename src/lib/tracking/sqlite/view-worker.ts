import { ViewReader, type ViewMessage, type ViewOutcome } from "./view-reader.js";

let reader: ViewReader | undefined;

/** Answers a question in a thread of its own. */
export default async function answer({ databasePath, task }: ViewMessage): Promise<ViewOutcome> {
  reader ??= new ViewReader(databasePath);
  return reader.answer(task);
}
