import { z } from "zod";
import type { ChalkInstance } from "chalk";
import { type LevelResult, type Percentiles, levelResultSchema } from "../operations/load/level-result.js";
import { broken, whole } from "./fit-columns.js";
import type { JunitCase } from "./junit.js";
import { renderReport, type Report, type ReportRecord, type ReportTable } from "./report.js";
import type { Screen } from "./screen.js";
import { counted } from "../base/errors/counted.js";

export const benchResultSchema = z.object({
  schema: z.literal("llmops.bench/2"),
  model: z.string(),
  target: z.string(),
  max_tokens: z.number(),
  levels: z.array(levelResultSchema),
  highest_rate: z
    .number()
    .nullable()
    .describe("The highest arrival rate that meets the objectives; null if it was not requested or no rate meets them."),
  status: z.enum(["finished", "interrupted"]).exactOptional(),
  command: z.string().exactOptional(),
  errors: z.array(z.string()).describe("Why the levels say nothing about the endpoint, one sentence each."),
  tracking_uri: z.string(),
  run_id: z.string().nullable(),
});

/** What `llmops bench --json` prints. */
export type BenchResult = z.infer<typeof benchResultSchema>;

/** A load test: a row a level. `asked` says whether the highest rate was searched. */
export function benchReport(result: BenchResult, asked: boolean, chalk: ChalkInstance): Report {
  const { levels, highest_rate: highest } = result;
  const errors = [...new Set(levels.flatMap((level) => level.errors.map(({ code, message }) => `${code}: ${message}`)))].map((error) =>
    chalk.yellow(`Failed: ${error}`),
  );
  const isAnswered = levels.some(({ requests }) => requests.done > requests.failed);
  const found =
    highest === null
      ? "No rate meets the objectives."
      : `The highest rate that meets the objectives is about ${counted(highest, "request")} a second.`;
  return {
    title: `Load on ${result.model} at ${result.target}`,
    parts: [
      ...(isAnswered ? [benchTable(levels, chalk), "Times in milliseconds."] : ["Nothing was answered."]),
      ...rateLimited(levels, chalk),
      ...errors,
      ...result.errors.filter((why) => isAnswered || why !== "Nothing was answered.").map((why) => chalk.red(why)),
      ...(asked ? [found] : []),
    ],
    records: levels.map(toRecord),
    cases: levels.map((level) => toCase(level, asked)),
    seconds: levels.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** A load test for a terminal. */
export function renderBench(result: BenchResult, asked: boolean, screen: Screen): string {
  return renderReport(benchReport(result, asked, screen.chalk), screen);
}

/** A load test asks at its own rate whatever the endpoint says: what is refused is not asked again, but counts as failed. */
function rateLimited(levels: readonly LevelResult[], chalk: ChalkInstance): string[] {
  return levels.flatMap((level) => {
    const { done, rate_limited: refused = 0 } = level.requests;
    return refused === 0
      ? []
      : [chalk.yellow(`At ${nameOf(level)}, ${refused} of ${done} requests were refused because of the rate limit.`)];
  });
}

function benchTable(levels: readonly LevelResult[], chalk: ChalkInstance): ReportTable {
  const head = [
    ...["load", "requests", "req/s", "tokens/s"].map((name) => whole(name, 0)),
    ...[whole("ttft p50", 1), whole("ttft p99", 4), whole("itl p50", 3), whole("itl p99", 6), whole("e2e p50", 2), whole("e2e p99", 5)],
    ...[whole("good req/s", 7), broken("objectives", 0)],
  ];
  const rows = levels.map((level) => [
    nameOf(level),
    level.requests.failed > 0
      ? chalk.red(`${level.requests.done - level.requests.failed}/${level.requests.done}`)
      : String(level.requests.done),
    level.requests_per_second.toFixed(1),
    level.completion_tokens_per_second.toFixed(0),
    ...pair(level.ttft_ms),
    ...pair(level.itl_ms),
    ...pair(level.e2e_ms),
    level.goodput === null ? "" : level.goodput.toFixed(1),
    level.slos.map((slo) => (slo.met ? chalk.green : chalk.red)(describeSlo(slo))).join(", "),
  ]);
  const kept = levels.some(({ goodput }) => goodput !== null) ? head.length : head.length - 2;
  return { head: head.slice(0, kept), rows: rows.map((row) => row.slice(0, kept)), align: "right" };
}

function toRecord(level: LevelResult): ReportRecord {
  const times = (["ttft_ms", "itl_ms", "e2e_ms"] as const).flatMap((name) =>
    (["p50", "p90", "p99", "max"] as const).map((point) => [`${name}_${point}`, level[name][point]] as const),
  );
  return {
    ...{ load: level.load, value: level.value, seconds: level.seconds },
    ...{ requests_done: level.requests.done, requests_failed: level.requests.failed },
    requests_per_second: level.requests_per_second,
    completion_tokens_per_second: level.completion_tokens_per_second,
    prompt_tokens_per_second: level.prompt_tokens_per_second,
    ...Object.fromEntries(times),
    goodput: level.goodput,
    ...Object.fromEntries(level.slos.map(({ slo, share }) => [slo, share])),
  };
}

/** A level as a test case: failed where an objective is missed, in error where nothing was answered. While rates are searched, missing one is not a failure. */
function toCase(level: LevelResult, searched: boolean): JunitCase {
  const missed = level.slos.filter(({ met }) => !met).map(describeSlo);
  const unanswered = level.requests.failed >= level.requests.done;
  return {
    name: `${level.load} ${level.value}`,
    time: level.seconds,
    output: `${level.requests.done - level.requests.failed} of ${counted(level.requests.done, "request")} answered, ${level.requests_per_second.toFixed(1)} a second`,
    failure: searched || missed.length === 0 ? undefined : `missed ${missed.join(", ")}`,
    error: unanswered ? (level.errors[0]?.message ?? "nothing was answered") : undefined,
  };
}

function describeSlo({ slo, share }: LevelResult["slos"][number]): string {
  return `${slo}: ${(share * 100).toFixed(1)} %`;
}

function nameOf({ load, value }: LevelResult): string {
  return load === "rate" ? `${value}/s` : String(value);
}

function pair({ p50, p99 }: Percentiles): [string, string] {
  return [format(p50), format(p99)];
}

function format(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
