import { Args } from "@oclif/core";
import type { PromoteDocument, RequirementDocument } from "../../app/documents/registry.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { promoteFlags } from "../../cli/flags/promote-flags.js";
import { describeCheck } from "../../cli/output/describe-check.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import type { PromotionCheck } from "../../lib/experiments/runs/promote.js";
import { toVersionDocument } from "../../lib/report/version-document.js";
/** `llmops mlflow promote`: moves an alias or a stage to a version, when it has earned it. */
export default class MlflowPromote extends BaseCommand {
  static override summary = "Give a version of a registered model an alias or a stage, if it meets the requirements.";
  static override description =
    "METRIC>champion requires proof that the version is better than the one an alias or stage names now. METRIC>=champion requires proof " +
    "that it is not worse: with --min-effect D, that any loss is smaller than D. Both are told sample by sample (as `compare` does) where both " +
    "runs scored the same samples, else by the intervals of both runs. METRIC>=0.9 must hold for the whole 95 % interval. Exit code: 1 when " +
    "a requirement is not met, 3 if too much failed, 5 if the data cannot tell; nothing is moved in these cases.";
  static override examples = [
    "<%= config.bin %> mlflow promote qa-model 3 --alias champion --require 'accuracy>=champion' --min-effect 0.02",
    "<%= config.bin %> mlflow promote qa-model 3 --alias champion --require 'accuracy>champion' --require 'latency_seconds<2'",
    "<%= config.bin %> mlflow promote qa-model 3 --stage Production --archive-others",
  ];
  static override args = {
    name: Args.string({ description: "registered model", required: true }),
    version: Args.string({ description: "version number", required: true }),
  };
  static override flags = promoteFlags;

  async run(): Promise<PromoteDocument> {
    const { args, flags } = await this.parse(MlflowPromote);
    const { alias, stage, require, "archive-others": archiveOthers, "min-effect": minEffect, "fail-under": failUnder } = flags;
    const { promote } = await import("../../app/tracking/promote.js");
    const conditions = { require, minEffect, failUnder, maxFailed: flags["max-failed"], trackingUri: flags["tracking-uri"] };
    const { promoted, places, checks, version } = await promote({ ...args, alias, stage, archiveOthers, ...conditions });
    for (const check of checks) this.log(describeCheck(check));
    const hints = new Set(checks.flatMap(({ hint }) => hint ?? []));
    for (const hint of hints) this.log(`${chalk.cyan("Hint:")} ${hint}`);
    process.exitCode = exitCodeOf({ status: "finished", checks, failure: undefined });
    this.log(`${args.name} version ${args.version} ${promoted ? "is now" : "was not promoted to"} ${places.join(" and ")}.`);
    return { schema: "llmops.promote/1", promoted, requirements: checks.map(toDocument), version: toVersionDocument(version) };
  }
}

function toDocument({ name, state, evidence, hint }: PromotionCheck): RequirementDocument {
  return { requirement: name, state, passed: state === "met", evidence, hint };
}
