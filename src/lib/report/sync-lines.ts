import { counted } from "../base/errors/counted.js";
import type { SentJournal } from "../tracking/journal/send-backlog.js";

/** What became of a journal, for people. */
export function describeJournal({ uri, path, entries, left, rejected, error, trusted }: SentJournal & { trusted: boolean }): string {
  const refused = rejected > 0 ? `, ${rejected} refused (see the .rejected.jsonl file beside ${path})` : "";
  if (error?.code === "STORE_FORBIDDEN" && !trusted) {
    return `${uri}: ${left} of ${entries} entries are still waiting. It requires credentials, which are only sent to a server you name: llmops mlflow sync --tracking-uri ${uri}`;
  }
  if (error) return `${uri}: ${left} of ${entries} entries are still waiting. ${error.message}`;
  return `${uri}: sent ${counted(entries - left, "entry", "entries")}${refused}.`;
}
