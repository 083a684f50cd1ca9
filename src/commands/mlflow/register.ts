import type { RegisterDocument } from "../../app/documents/registry.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { toVersionDocument } from "../../lib/report/version-document.js";
import { findRun } from "../../lib/experiments/runs/find-runs.js";
import { registerModel } from "../../lib/experiments/runs/register-model.js";
import { parsePairs } from "../../app/studies/pairs.js";
import { withStore } from "../../app/tracking/with-store.js";
import { experimentFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow register`: a new version of a registered model. */
export default class MlflowRegister extends BaseCommand {
  static override summary = "Register a model: a file, a folder, or an artifact of a run becomes the next version under a name.";
  static override examples = [
    "<%= config.bin %> mlflow register qa-model model.gguf",
    "<%= config.bin %> mlflow register qa-model runs:/745ea258cf3b447c974a8b1636a8cc96/model/model.gguf",
  ];
  static override args = {
    name: Args.string({ description: "registered model", required: true }),
    source: Args.string({ description: "file, folder, runs:/RUN/PATH, or another URI", required: true }),
  };
  static override flags = {
    run: Flags.string({
      helpValue: "RUN",
      description: "run the version belongs to (its metrics are what mlflow promote --require reads)",
    }),
    description: Flags.string({ description: "description of the version" }),
    tag: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "K=V", description: "tag of the version" }),
    experiment: experimentFlag("models"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<RegisterDocument> {
    const { args, flags } = await this.parse(MlflowRegister);
    const tags = parsePairs(flags.tag ?? [], "--tag");
    return withStore(
      flags["tracking-uri"],
      async (store) => {
        const runId = flags.run === undefined ? undefined : (await findRun(store, flags.run)).runId;
        const { name, source } = args;
        const version = await registerModel(store, {
          name,
          source,
          runId,
          description: flags.description,
          tags,
          experiment: flags.experiment,
        });
        this.log(`Registered ${name} version ${version.version}: use it as models:/${name}/${version.version}.`);
        return { schema: "llmops.register/1", tracking_uri: store.uri, version: toVersionDocument(version) };
      },
      { create: true },
    );
  }
}
