import type { LevelResult, Percentiles } from "../load/level-result.js";
import { wrapProse } from "./display-width.js";
import { broken, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** What `llmops bench --json` prints. */
export interface BenchResult {
  schema: "llmops.bench/1";
  model: string;
  target: string;
  max_tokens: number;
  levels: LevelResult[];
  /** The highest arrival rate that meets the objectives; null when it was not asked for, or none does. */
  highest_rate: number | null;
  tracking_uri: string;
  run_id: string | null;
}

/** A load test for a terminal: a row a level. */
export function renderBench({ levels, highest_rate: highest }: BenchResult, asked: boolean, screen: Screen): string {
  const { chalk, width } = screen;
  const head = [
    ...["load", "requests", "req/s", "tokens/s"].map((name) => whole(name, 0)),
    ...[whole("ttft p50", 1), whole("ttft p99", 4), whole("itl p50", 3), whole("itl p99", 6), whole("e2e p50", 2), whole("e2e p99", 5)],
    ...[whole("good req/s", 7), broken("objectives", 0)],
  ];
  const rows = levels.map((level) => [
    level.load === "rate" ? `${level.value}/s` : String(level.value),
    level.requests.failed > 0
      ? chalk.red(`${level.requests.done - level.requests.failed}/${level.requests.done}`)
      : String(level.requests.done),
    level.requests_per_second.toFixed(1),
    level.completion_tokens_per_second.toFixed(0),
    ...pair(level.ttft_ms),
    ...pair(level.itl_ms),
    ...pair(level.e2e_ms),
    level.goodput === null ? "" : level.goodput.toFixed(1),
    level.slos.map(({ slo, share, met }) => (met ? chalk.green : chalk.red)(`${slo}: ${(share * 100).toFixed(1)} %`)).join(", "),
  ]);
  const kept = levels.some(({ goodput }) => goodput !== null) ? head.length : head.length - 2;
  const table = plainTable(
    head.slice(0, kept),
    rows.map((row) => row.slice(0, kept)),
    screen,
    { align: "right" },
  );
  const errors = [...new Set(levels.flatMap((level) => level.errors))].map((error) => chalk.yellow(`Failed: ${error}`));
  const found =
    highest === null
      ? "No rate meets the objectives."
      : `The highest rate that meets the objectives is about ${highest} requests a second.`;
  return wrapProse([table, "Times in milliseconds.", ...errors, ...(asked ? [found] : [])].join("\n"), width);
}

function pair({ p50, p99 }: Percentiles): [string, string] {
  return [format(p50), format(p99)];
}

function format(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
