import { Args } from "@oclif/core";
import { compareResults, type CompareDocument } from "../app/studies/compare-results.js";
import { typedBy } from "../app/studies/study-options.js";
import { BaseCommand } from "../cli/command/base-command.js";
import { compareFlags, compareOf } from "../cli/flags/compare-flags.js";
import { checkOutputFlags, publishReport } from "../cli/flags/output-flags.js";
import { describeCheck } from "../cli/output/describe-check.js";
import { exitCodeOf } from "../lib/experiments/gates/checks.js";
import { pairsReport } from "../lib/report/comparison-table.js";
import { comparisonPage } from "../lib/report/page/comparison-page.js";
import { resultRow } from "../lib/report/page/run-rows.js";

/** `llmops compare`: is B really better than A? */
export default class Compare extends BaseCommand {
  static override summary = "Say for each score whether results really differ: paired by sample, with an interval and a verdict.";
  static override description =
    "Results are runs (ids, beginnings of ids, names), studies (their best setting; last is the last one), or files: baselines, eval_results_table.json, " +
    "what sweep --json printed, or rows with an id and scores (JSONL, JSON, YAML, CSV, TSV, also .gz), paired by id. The first is what " +
    "the others are compared with. With --gate, the exit code is 1 if a gated score is worse, 3 if rows of a result lack it, and 5 if the samples cannot tell.";
  static override examples = [
    "<%= config.bin %> compare 745ea258 2b30d01d",
    "<%= config.bin %> compare .llmops/baselines/main.json 20261121-133502-4f9a --gate accuracy --min-effect 0.02",
    "<%= config.bin %> compare before.jsonl after.jsonl --json",
  ];
  static override strict = false;
  static override usage = "compare RESULT RESULT... [FLAGS]";
  static override args = { result: Args.string({ description: "two or more results: runs, studies, or files", required: true }) };
  static override flags = compareFlags;

  async run(): Promise<CompareDocument> {
    const { argv, flags } = await this.parse(Compare);
    checkOutputFlags(flags);
    const options = compareOf(flags, argv as string[]);
    const { document, comparisons, ...compared } = await compareResults(options, { note: (text) => this.note(text) });
    const { sources, checks } = document;
    process.exitCode = exitCodeOf({ status: "finished", checks, failure: undefined });
    const report = pairsReport(sources, comparisons, options.gated ?? []);
    const rows = sources.map((name, i) => resultRow(String(i), name, compared.means[i] ?? {}));
    const command = typedBy({ name: this.typedName, argv: this.argv });
    const page = () => comparisonPage({ title: report.title, command, rows, comparisons, ...compared, checks });
    await publishReport(report, { page, flags, log: (text) => this.log(text) });
    for (const check of checks) this.log(describeCheck(check));
    return document;
  }
}
