import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../base-command.js";
import { LlmopsError } from "../../lib/errors/llmops-error.js";
import { toVersionDocument, type VersionDocument } from "../../lib/report/version-document.js";
import { checkRequirement, parseRequirement, type GateResult } from "../../lib/runs/promote.js";
import { STAGES } from "../../lib/tracking/registry-records.js";
import { trackingUriFlag, withStore } from "../../store-flags.js";

interface PromoteResult {
  schema: "llmops.promote/1";
  promoted: boolean;
  requirements: GateResult[];
  version: VersionDocument;
}

const REFUSED = 1;

/** `llmops mlflow promote`: moves an alias or a stage to a version, when it has earned it. */
export default class MlflowPromote extends BaseCommand {
  static override summary = "Give a version of a registered model an alias or a stage, if it meets the requirements.";
  static override description =
    "A requirement compares a metric of the version's run with a number, or with the version an alias or stage names now. " +
    "METRIC>=champion refuses a version that is proven worse, METRIC>champion one that is not proven better: sample by sample " +
    "where both runs recorded scores, else by the numbers alone. Exit code 1 when a requirement is not met; nothing is moved then.";
  static override examples = [
    "<%= config.bin %> mlflow promote qa-model 3 --alias champion --require 'accuracy>=champion' --require 'latency<2'",
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
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<PromoteResult> {
    const { args, flags } = await this.parse(MlflowPromote);
    if (flags.alias === undefined && flags.stage === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", "Neither an alias nor a stage to promote it to was given.", {
        hint: "Pass --alias NAME or --stage STAGE.",
      });
    }
    const requirements = (flags.require ?? []).map(parseRequirement);
    return withStore(flags["tracking-uri"], async (store) => {
      const version = await store.registry.getVersion(args.name, args.version);
      const results: GateResult[] = [];
      for (const requirement of requirements) results.push(await checkRequirement(store, version, requirement));
      for (const { requirement, passed, evidence } of results) this.log(`${passed ? "met" : "NOT MET"}  ${requirement}: ${evidence}`);
      const promoted = results.every(({ passed }) => passed);
      if (promoted) {
        if (flags.alias !== undefined) await store.registry.setAlias(args.name, flags.alias, args.version);
        if (flags.stage !== undefined) {
          await store.registry.transition(args.name, args.version, { stage: flags.stage, archiveOthers: flags["archive-others"] });
        }
        this.log(
          `${args.name} version ${args.version} is now ${[flags.alias, flags.stage].filter((place) => place !== undefined).join(" and ")}.`,
        );
      } else {
        process.exitCode = REFUSED;
        this.log("Not promoted.");
      }
      const now = await store.registry.getVersion(args.name, args.version);
      return { schema: "llmops.promote/1", promoted, requirements: results, version: toVersionDocument(now) };
    });
  }
}
