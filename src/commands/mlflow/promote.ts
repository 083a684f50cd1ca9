import type { PromoteDocument, RequirementDocument } from "../../app/documents/registry.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toVersionDocument } from "../../lib/report/version-document.js";
import { exitCodeOf, parseFailureLimit } from "../../lib/experiments/gates/checks.js";
import { parseFailUnder } from "../../lib/experiments/gates/requirement.js";
import { checkPromotion, type PromotionCheck } from "../../lib/experiments/runs/promote.js";
import { isRelative, parsePromotion, type PromotionRequirement } from "../../lib/experiments/runs/promotion-requirement.js";
import { STAGES } from "../../lib/tracking/registry-records.js";
import { numberFlag } from "../../cli/flags/number-flag.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { describeCheck } from "../../cli/output/describe-check.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";

/** `llmops mlflow promote`: moves an alias or a stage to a version, when it has earned it. */
export default class MlflowPromote extends BaseCommand {
  static override summary = "Give a version of a registered model an alias or a stage, if it meets the requirements.";
  static override description =
    "METRIC>champion asks for proof that the version is better than the one an alias or stage names now. METRIC>=champion asks for proof " +
    "that it is not worse: with --min-effect D, that any loss is smaller than D. Both are told sample by sample (as `compare` does) where both " +
    "runs scored the same samples, else by the intervals of both runs. METRIC>=0.9 must hold for the whole 95 % interval. Exit code: 1 when " +
    "a requirement is not met, 3 when too much failed, 5 when the data cannot tell; nothing is moved then.";
  static override examples = [
    "<%= config.bin %> mlflow promote qa-model 3 --alias champion --require 'accuracy>=champion' --min-effect 0.02",
    "<%= config.bin %> mlflow promote qa-model 3 --alias champion --require 'accuracy>champion' --require 'latency_seconds<2'",
    "<%= config.bin %> mlflow promote qa-model 3 --stage Production --archive-others",
  ];
  static override args = {
    name: Args.string({ description: "registered model", required: true }),
    version: Args.string({ description: "version number", required: true }),
  };
  static override flags = {
    alias: Flags.string({ description: "alias to move to the version" }),
    stage: Flags.option({ options: STAGES, description: "stage to move the version to" })(),
    "archive-others": Flags.boolean({ description: "with --stage: versions that are in it go to Archived", dependsOn: ["stage"] }),
    require: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "REQUIREMENT",
      description: "METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER, ...",
    }),
    "min-effect": numberFlag({
      default: 0,
      helpValue: "SIZE",
      description: "the loss that does not matter: METRIC>=ALIAS has to rule out one as large",
    }),
    "fail-under": Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "CONDITION",
      description: "exit 1 when it holds for the number as it is, as in 'loss>1.5', whatever its error",
    }),
    "max-failed": Flags.string({
      default: "0",
      helpValue: "N|SHARE%",
      description: "with a requirement: exit 3 when more cells of the version's run failed, were filtered or stayed unscored",
    }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<PromoteDocument> {
    const { args, flags } = await this.parse(MlflowPromote);
    const places = [flags.alias, flags.stage].filter((place) => place !== undefined);
    if (places.length === 0) {
      throw new LlmopsError("INVALID_ARGUMENT", "Neither an alias nor a stage to promote it to was given.", {
        hint: "Pass --alias NAME or --stage STAGE.",
      });
    }
    const requirements = [...(flags.require ?? []).map(parsePromotion), ...(flags["fail-under"] ?? []).map(parseFailUnder)];
    const options = { places, margin: checkMargin(flags["min-effect"], requirements), limit: parseFailureLimit(flags["max-failed"]) };
    return withStore(flags["tracking-uri"], async (store) => {
      const version = await store.registry.getVersion(args.name, args.version);
      const checks: PromotionCheck[] = [];
      for (const requirement of requirements) checks.push(await checkPromotion(store, version, requirement, options));
      this.tell(checks);
      const promoted = checks.every(({ state }) => state === "met");
      process.exitCode = exitCodeOf({ status: "finished", checks, done: 0, scored: 0 });
      if (promoted) {
        if (flags.alias !== undefined) await store.registry.setAlias(args.name, flags.alias, args.version);
        if (flags.stage !== undefined) {
          await store.registry.transition(args.name, args.version, { stage: flags.stage, archiveOthers: flags["archive-others"] });
        }
      }
      const outcome = promoted ? `is now ${places.join(" and ")}` : `was not promoted to ${places.join(" and ")}`;
      this.log(`${args.name} version ${args.version} ${outcome}.`);
      const now = await store.registry.getVersion(args.name, args.version);
      return { schema: "llmops.promote/1", promoted, requirements: checks.map(toDocument), version: toVersionDocument(now) };
    });
  }

  private tell(checks: readonly PromotionCheck[]): void {
    for (const check of checks) this.log(describeCheck(check));
    const hints = new Set(checks.map(({ hint }) => hint));
    for (const hint of hints) if (hint !== null) this.log(`${chalk.cyan("Hint:")} ${hint}`);
  }
}

/** The margin. Throws INVALID_ARGUMENT for one that no requirement asks for. */
function checkMargin(margin: number, requirements: readonly PromotionRequirement[]): number {
  const isAsked = requirements.some((requirement) => isRelative(requirement) && requirement.comparator.endsWith("="));
  if (margin === 0 || isAsked) return margin;
  throw new LlmopsError("INVALID_ARGUMENT", "--min-effect is for requirements such as METRIC>=ALIAS, and there is none.", {
    hint: "METRIC>ALIAS asks for proof of any gain: leave --min-effect out.",
  });
}

function toDocument({ name, state, evidence, hint }: PromotionCheck): RequirementDocument {
  return { requirement: name, state, passed: state === "met", evidence, hint };
}
