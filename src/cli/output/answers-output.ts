import type { AnswersDocument, FoundAnswers } from "../../app/documents/answers.js";
import type { AnswersView, ShownStudy } from "../../app/studies/show-answers.js";
import { describeDifferences, renderAnswer, renderDifference, renderGroups } from "../../lib/report/answers-view.js";
import type { StoredScorer } from "../../lib/experiments/study/study-journal.js";
import { terminalScreen } from "../terminal/terminal-screen.js";

type Log = (text: string) => void;
type View<K extends AnswersView["kind"]> = Extract<AnswersView, { kind: K }>;

/** Shows answers of a study; gives the document of --json. */
export function printAnswers({ header, primary, view }: ShownStudy, { thoughts, log }: { thoughts: boolean; log: Log }): AnswersDocument {
  const { name: scorer, metric } = primary;
  const study = { id: header.id, command: header.command, status: header.status, run_id: header.runId ?? null, scorer, metric };
  return { schema: "llmops.answers/1", study, ...printView(view, { id: header.id, primary, thoughts, log }) };
}

interface Printing {
  id: string;
  primary: StoredScorer;
  thoughts: boolean;
  log: Log;
}

function printView(view: AnswersView, printing: Printing): FoundAnswers {
  if (view.kind === "list") return printList(view, printing);
  if (view.kind === "differences") return printDifferences(view, printing);
  printing.log(renderGroups(view.groups, view.by, printing.primary, terminalScreen()));
  return { by: view.by, groups: view.groups };
}

function printList({ answers, of, what, several }: View<"list">, { id, thoughts, log }: Printing): FoundAnswers {
  for (const answer of answers) log(`${renderAnswer(answer, { thoughts, several }, terminalScreen())}\n`);
  log(describeCount(answers.length, of, `${what} of ${id}`));
  return { shown: answers.length, of, answers };
}

function printDifferences({ found, shown }: View<"differences">, { primary, log }: Printing): FoundAnswers {
  const { settings, rows, sameScore, differences } = found;
  for (const one of shown) log(`${renderDifference(one, primary, terminalScreen())}\n`);
  log(`A is ${settings[0]}, B is ${settings[1]}. ${describeDifferences(found, primary)}`);
  log(describeCount(shown.length, differences.length, "differences"));
  return { settings, rows, same_score_other_text: sameScore, shown: shown.length, of: differences.length, differences: shown };
}

function describeCount(shown: number, of: number, what: string): string {
  return shown === of ? `${of} ${what}.` : `${shown} of ${of} ${what}; --limit 0 shows all.`;
}
