import type { Answer } from "./answers.js";

/** What a page in a file shows: the data that stands in the file beside the application's components. */
export interface ReportData {
  schema: "llmops.page/1";
  /** The page's heading. */
  title: string;
  /** The version of llmops that wrote it. */
  version: string;
  /** Milliseconds since 1970. */
  made: number;
  view: ReportView;
}

/** A page by its kind. Documents are as commands print them with --json, and as the routes of the application answer. */
export type ReportView =
  | StudyReport
  | { kind: "calibration"; summary: object; card: object }
  | { kind: "audit"; command: string; facts: object; audit: object }
  | ComparisonReport
  | CanaryReport
  | MonitorReport
  | RunsReport;

/** A study as its study.json has it. */
export interface StudyReport {
  kind: "study";
  study: StudyView;
  /** What a reader has to mind, a sentence each, and how it was told. */
  notes: readonly string[];
  method: readonly string[];
  answers: KeptAnswers | null;
}

/** The study.json of a study. */
interface StudyView {
  schema: "llmops.study/1";
  kind: string;
  status: string;
  resume: string;
  verdict: string | null;
  failure: string | null;
  cells: object;
  result: object;
}

/** What settings answered, each row once. */
export interface KeptAnswers {
  /** The score that decides. */
  score: string;
  scores: readonly string[];
  settings: readonly { id: string; name: string }[];
  rows: readonly { id: string; question: string; reference: string | null; topic: string | null }[];
  /** By setting, then by row: the answers of all repeats. */
  answers: readonly (readonly (readonly Answer[])[])[];
  /** How much is not in the file, in a sentence; null where all is. */
  omitted: string | null;
}

/** Results beside each other; the others are compared with the first. */
export interface ComparisonReport {
  kind: "comparison";
  command: string;
  /** As the application has runs. */
  runs: readonly object[];
  /** Of each score: the others beside the first. */
  pairs: Readonly<Record<string, readonly object[]>>;
  directions: Readonly<Record<string, string>>;
  notes: readonly string[];
  checks: readonly object[];
}

/** Rounds of a canary, the newest first. */
export interface CanaryReport {
  kind: "canary";
  command: string;
  rounds: readonly object[];
  errors: readonly object[];
}

/** A watched server, as it was when it was last seen. */
export interface MonitorReport {
  kind: "monitor";
  server: object;
  /** Whether more is known of it than its metrics. */
  isWhole: boolean;
  series: readonly object[];
  events: readonly object[];
}

/** Runs of an experiment, the newest first. */
export interface RunsReport {
  kind: "runs";
  facts: object;
  runs: readonly object[];
  /** The history of metrics that have one. */
  curves: readonly KeptCurve[];
  /** Whether these are all of its runs. */
  isWhole: boolean;
}

/** The history of a metric in a run; of many points some are left out. */
export interface KeptCurve {
  run_id: string;
  key: string;
  points: readonly (readonly [step: number, time: number, value: number | string])[];
}
