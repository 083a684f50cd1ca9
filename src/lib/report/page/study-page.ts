import type { StudyKind, StudyProgress } from "../../experiments/live/study-tags.js";
import type { Page } from "./write-page.js";

/** What the page of a study says. */
export interface StudyFacts {
  title: string;
  kind: StudyKind;
  status: string;
  resume: string;
  verdict: string | null;
  /** Why nothing came of it. */
  failure: string | undefined;
  cells: StudyProgress;
  result: object;
  notes: readonly string[];
}

/** The page of a study as its study.json has it. */
export function studyPage({ title, notes, failure, ...facts }: StudyFacts): Page & { view: { kind: "study" } } {
  return {
    title,
    view: { kind: "study", study: { schema: "llmops.study/1", ...facts, failure: failure ?? null }, notes, method: [], answers: null },
  };
}
