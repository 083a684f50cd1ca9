import type { ChalkInstance } from "chalk";
import { missingScores } from "../experiments/study/score-table.js";
import { tellApart, type Setting } from "../experiments/study/study.js";
import type { SettingResult, SweepResult } from "../experiments/study/sweep-result.js";
import { formatCells, formatDifference, formatInterval, formatMilliseconds, formatScore } from "./format-score.js";
import { displayWidth, wrapProse } from "./display-width.js";
import { broken, cut, whole, type Column } from "./fit-columns.js";
import { intervalPlot } from "./interval-plot.js";
import { differInModel, modelColumns } from "./model-columns.js";
import type { Screen } from "./screen.js";
import { splitTable } from "./split-table.js";
import { comparisonHead, comparisonLines, shortLetters, studyVerdict } from "./study-verdict.js";
import { sweepProblems } from "./sweep-problems.js";

/** Scorers every study has, with columns of their own. */
const OWN_COLUMNS = ["response_length", "latency_seconds", "tokens_per_second"];

/** A sweep's result for a terminal: a table, one row a setting, a chart of the intervals, and the verdicts. */
export function renderSweep(result: SweepResult, screen: Screen): string {
  const { settings, study } = result;
  const { chalk, width } = screen;
  const parts = [settingTables(result, screen)];
  if (settings.length > 1) {
    const estimates = settings.map((s) => ({ label: s.name, estimate: s.metrics[study.metric] }));
    parts.push(intervalPlot(estimates, study.kind, width));
  }
  const text = [...parts, "", ...verdict(result, chalk), ...differences(result, chalk), ...sweepProblems(result, chalk), recorded(result)];
  return wrapProse(text.join("\n"), width);
}

/** The parameters any setting has, in the order they first come. */
export function paramNames({ settings }: SweepResult): string[] {
  return [...new Set(settings.flatMap(({ params }) => Object.keys(params)))];
}

/** A parameter's value in a table, told apart from other settings' values: empty where the setting leaves it alone. */
export function paramCell(params: Setting, name: string, settings: readonly Pick<SettingResult, "params">[]): string {
  const value = params[name];
  if (value === undefined) return "";
  return tellApart(
    value,
    settings.flatMap((setting) => setting.params[name] ?? []),
  );
}

/** A heading with what stands below it for a setting. */
interface SweepColumn extends Column {
  cell: (setting: SettingResult) => string;
}

/** The settings with their scores; scorers that have no room beside the first one in further tables below. */
function settingTables(result: SweepResult, screen: Screen): string {
  const keys = nameColumns(result, screen.width);
  const further = furtherScorers(result);
  const columns = [...keys, ...scoreColumns(result), ...further, ...costColumns(result)];
  const rows = result.settings.map((setting) => {
    const row = columns.map(({ cell }) => cell(setting));
    return isBest(result, setting) ? row.map((text) => screen.chalk.green(text)) : row;
  });
  const isWanted = (column: Column) => further.some(({ name }) => name === column.name);
  return splitTable(columns, rows, screen, { keys: keys.length, isWanted, align: "right" });
}

/** A column a parameter, or one for the whole setting where those would take most of the width. */
function nameColumns(result: SweepResult, width: number): SweepColumn[] {
  const { settings } = result;
  const columns = paramNames(result).map((name): SweepColumn => ({
    ...cut(name, 0),
    cell: ({ params }) => paramCell(params, name, settings),
  }));
  const natural = columns.map(
    ({ name, cell }) => Math.max(displayWidth(name), ...settings.map((setting) => displayWidth(cell(setting)))) + 3,
  );
  const total = natural.reduce((sum, one) => sum + one, 0);
  if (columns.length < 2 || total <= width / 2) return columns;
  return [{ ...broken("setting", 0), cell: ({ name }) => name }];
}

function scoreColumns(result: SweepResult): SweepColumn[] {
  const { study, settings } = result;
  const own: SweepColumn[] = [
    { ...whole(study.metric, 0), cell: ({ metrics }) => formatScore(metrics[study.metric]?.mean, study.kind) },
    { ...whole("95 % interval", 1), cell: ({ metrics }) => formatInterval(metrics[study.metric], study.kind) },
  ];
  // one setting has nothing to be tied with
  if (settings.length === 1) return own;
  return [
    ...own,
    { ...whole("ties", 2), cell: ({ letters }) => shortLetters(letters) },
    {
      ...whole("diff", 3),
      cell: (setting) =>
        setting.comparison ? formatDifference(setting.comparison.difference, study.kind) : isReference(result, setting) ? "ref" : "",
    },
  ];
}

/** What else was asked for, without what has a column of its own. */
function furtherScorers({ study }: SweepResult): SweepColumn[] {
  return study.scorers
    .slice(1)
    .filter(({ name }) => !OWN_COLUMNS.includes(name))
    .map(({ name, kind }, i) => ({ ...whole(name, 10 + i), cell: ({ metrics }) => formatScore(metrics[name]?.mean, kind) }));
}

function costColumns(result: SweepResult): SweepColumn[] {
  const models = modelColumns(result);
  const isCompared = result.settings.length > 1;
  const isWhole = result.settings.every(({ cells }) => missingScores(cells) === 0 && cells.done === cells.planned);
  return [
    { ...whole("words", 43), cell: ({ metrics }) => metrics["response_length"]?.mean.toFixed(1) ?? "-" },
    {
      ...whole("latency", 4),
      cell: ({ metrics, pareto }) => `${formatMilliseconds(metrics["latency_seconds"])}${pareto && isCompared ? " *" : ""}`,
    },
    { ...whole("tokens/s", 41), cell: ({ metrics }) => metrics["tokens_per_second"]?.mean.toFixed(0) ?? "-" },
    ...models.head.map((name, i) => ({ ...whole(name, 5 + i), cell: (setting: SettingResult) => models.cells(setting)[i] ?? "" })),
    // what is missing matters more than that nothing is
    { ...whole("cells", isWhole ? 42 : 1), cell: ({ cells }) => formatCells(cells) },
  ];
}

function isBest({ best }: SweepResult, { params }: SettingResult): boolean {
  return best !== null && JSON.stringify(best.params) === JSON.stringify(params);
}

function isReference({ reference }: SweepResult, { params }: SettingResult): boolean {
  return JSON.stringify(reference) === JSON.stringify(params);
}

function verdict(result: SweepResult, chalk: ChalkInstance): string[] {
  const { before, name, after, method } = studyVerdict(result);
  return [`${before}${name === null ? "" : chalk.green.bold(name.replaceAll("=", " "))}${after}`, ...method];
}

function differences(result: SweepResult, chalk: ChalkInstance): string[] {
  const { settings, study } = result;
  const { lines, more } = comparisonLines(result);
  if (lines.length === 0) return [];
  const colors: Partial<Record<string, (text: string) => string>> = { better: chalk.green, worse: chalk.red };
  const times = study.scored_from ? `times of ${study.scored_from.id}` : `times with ${study.concurrency} at a time`;
  const front = settings.some(({ pareto }) => pareto)
    ? [`* no other setting is ${differInModel(settings) ? "better, faster and smaller" : "both better and faster"} (${times}).`]
    : [];
  return [
    comparisonHead(result),
    ...lines.map(({ name, verdict: said, text }) => `  ${name}: ${(colors[said] ?? String)(text)}`),
    ...(more === null ? [] : [`  … ${more}`]),
    ...front,
  ];
}

function recorded({ study }: SweepResult): string {
  const time = `(${study.seconds.toFixed(1)} s)`;
  if (study.run_id === null) return `Not recorded in ${study.tracking_uri}, experiment "${study.experiment}" ${time}.`;
  return `Recorded in ${study.tracking_uri}, experiment "${study.experiment}", run ${study.run_id} ${time}.`;
}
