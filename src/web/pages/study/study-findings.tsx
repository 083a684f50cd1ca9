import type { ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import type { StudyDocument } from "../../api/study-document.js";
import { Empty } from "../../parts/states.js";
import { BenchView } from "./bench/bench-view.js";
import { JudgeView } from "./judge/judge-view.js";
import { PairwiseView } from "./judge/pairwise-view.js";
import { SearchView } from "./search/search-view.js";
import { SweepView } from "./sweep/sweep-view.js";

interface Props {
  document: StudyDocument;
  /** Runs of its settings, where they are newer than the document. */
  runs: readonly RunRow[];
}

/** What a study has found, by the kind of its result. */
export function StudyFindings({ document: { result, status }, runs }: Props): ReactElement {
  switch (result.schema) {
    case "llmops.sweep/3":
      return <SweepView document={result} runs={runs} />;
    case "llmops.optimize/1":
      return <SearchView document={result} isRunning={status === "running"} />;
    case "llmops.judge/2":
      return <JudgeView document={result} />;
    case "llmops.bench/2":
      return <BenchView document={result} runs={runs} />;
    case "llmops.pairwise/2":
      return <PairwiseView document={result} />;
    default:
      return <Empty title="The document of this study is of a version that is not shown here" />;
  }
}
