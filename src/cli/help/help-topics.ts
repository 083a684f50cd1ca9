import { readFileSync } from "node:fs";
import type { ConfigSetting } from "../../lib/base/config/setting.js";
import { SETTINGS } from "../../lib/base/config/settings.js";
import { EXIT, EXIT_MEANINGS } from "../../lib/base/errors/exit-codes.js";
import { MEASURE_NAMES, measureOf } from "../../lib/operations/monitor/measures.js";
import { SCORER_ABOUTS } from "../../lib/experiments/scoring/built-in-scorers.js";
import { SCORING_RULES } from "../../lib/experiments/scoring/scoring-rules.js";

interface Topic {
  about: string;
  text: () => string;
}

/** The most columns that names take; a longer one pushes what it means to the right. */
const NAMES = 28;

/** Variables that are not settings of serve. */
export const OTHER_VARIABLES: readonly [string, string][] = [
  ["LLMOPS_API_KEY", "key that clients of serve must send, and that llmops commands send to a server"],
  ["LLMOPS_READ_API_KEY", "key of serve that reads metrics, experiments and runs"],
  ["LLMOPS_ADMIN_API_KEY", "key of serve that may do everything"],
  ["LLMOPS_URL", "server that cache commands ask"],
  ["LLMOPS_STATE_DIR", "journals, studies, keys, and the state of monitor (~/.local/state/llmops)"],
  ["LLMOPS_CACHE_DIR", "downloaded and converted models, files fetched from stores (~/.cache/llmops)"],
  ["HF_TOKEN, HF_ENDPOINT", "token for Hugging Face, and a mirror of it"],
  ["LLMOPS_MLFLOW_TOKEN", "token that clients of `mlflow server` must send"],
  ["LLMOPS_MLFLOW_ADMIN_PASSWORD", "password of the first admin of `mlflow server` with users"],
  ["MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, ...", "as MLflow has them"],
  ["NO_COLOR, FORCE_COLOR", "no colors; colors in pipes too"],
  ["DEBUG=llmops", "print stack traces of bugs"],
];

/** What `llmops help TOPIC` explains beside commands. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  alerts: { about: "alert rules, where they are sent, what can be watched", text: () => `${readText("alerts")}${measures()}` },
  datasets: { about: "what a dataset looks like", text: () => readText("datasets") },
  environment: { about: "environment variables", text: environment },
  "exit-codes": { about: "what exit codes mean", text: () => columns(exitCodes()) },
  "model-names": { about: "how a model is named, where files are kept", text: () => readText("model-names") },
  project: { about: "llmops.yaml, the project's file", text: () => readText("project") },
  scorers: {
    about: "how answers are scored",
    text: () => `${columns(scorers())}\n\n${SCORING_RULES}\n\nSee llmops sweep --help, --scorer.`,
  },
  slo: { about: "objectives, error budgets, burn rates", text: () => readText("slo") },
  tracking: { about: "where runs are recorded", text: () => readText("tracking") },
};

/** All topics with what they are about. */
export function listTopics(): string {
  return columns(Object.entries(TOPICS).map(([name, { about }]) => [name, about]));
}

function exitCodes(): [string, string][] {
  return (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]);
}

function scorers(): [string, string][] {
  return [
    ...Object.entries(SCORER_ABOUTS),
    ["./mine.mjs", "your own module"],
    ["NAME, NAME:OPTIONS", "a scorer of a plugin (plugins in llmops.yaml, --plugin); llmops doctor lists them"],
    ["NAME=FORMULA", "a formula over other scores, such as mix=0.7*contains+0.3*rouge_l"],
  ];
}

function readText(name: string): string {
  return readFileSync(new URL(`../../../templates/help/${name}.txt`, import.meta.url), "utf8");
}

function measures(): string {
  return columns(MEASURE_NAMES.map((name) => [name, `${measureOf(name).about} [${measureOf(name).unit}]`]));
}

function environment(): string {
  const settings: ConfigSetting<unknown>[] = Object.values(SETTINGS);
  const own = settings.flatMap(({ env, about }) => (env.length === 0 ? [] : [[env.join(", "), about] as [string, string]]));
  return `${columns([...own, ...OTHER_VARIABLES])}\n\nFlags take precedence over them, and they over llmops.yaml: llmops config show --origin`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(NAMES, Math.max(...rows.map(([first]) => first.length)));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
