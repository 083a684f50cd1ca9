import type { LogTrainingDocument } from "../../app/documents/runs.js";
import { Args, Flags } from "@oclif/core";
import { parsePairs } from "../../app/studies/pairs.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { experimentFlag, pairsFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { describeTraining } from "../../cli/output/training-text.js";
import { parseDuration } from "../../lib/base/config/duration.js";

/** `llmops mlflow log-training`: a training log becomes a run. */
export default class MlflowLogTraining extends BaseCommand {
  static override summary = "Record a training log as a run: trainer_state.json of Hugging Face, JSONL, or CSV.";
  static override description =
    "Every number becomes a metric over steps: train_loss, eval_loss, learning_rate, epoch, global_step, ... " +
    "--follow keeps reading as the file grows, until the trainer says it is done, nothing arrives for --idle, or Ctrl+C.";
  static override examples = [
    "<%= config.bin %> mlflow log-training out/checkpoint-500/trainer_state.json -p model=LFM2-700M -p lora_r=16",
    "<%= config.bin %> mlflow log-training train.jsonl --follow --name lora-r16 --artifact out/adapter",
  ];
  static override args = { file: Args.string({ description: "trainer_state.json, *.jsonl or *.csv", required: true }) };
  static override flags = {
    follow: Flags.boolean({ char: "f", description: "keep reading as the file grows" }),
    idle: Flags.string({ default: "10m", helpValue: "TIME", description: "with --follow: stop after this time without new lines" }),
    param: pairsFlag({ char: "p", description: "param of the run, such as batch_size=8" }),
    tag: pairsFlag({ description: "tag of the run" }),
    artifact: pairsFlag({ helpValue: "PATH", description: "file or folder to keep with the run, at the end" }),
    name: Flags.string({ description: "name of the run" }),
    experiment: experimentFlag("training"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<LogTrainingDocument> {
    const { args, flags } = await this.parse(MlflowLogTraining);
    const { follow, name, experiment, "tracking-uri": trackingUri, artifact: artifacts = [] } = flags;
    const [params, tags] = [parsePairs(flags.param ?? [], "--param"), parsePairs(flags.tag ?? [], "--tag")];
    const options = { file: args.file, follow, idleMs: parseDuration(flags.idle), params, tags, artifacts, name, experiment, trackingUri };
    const { recordTraining } = await import("../../app/tracking/record-training.js");
    const recorded = await recordTraining({ ...options, command: this.typedName }, this.asHost());
    this.log(describeTraining(recorded));
    const { uri, runId, points, lastStep, ended, final } = recorded;
    return { schema: "llmops.log-training/1", tracking_uri: uri, run_id: runId, points, last_step: lastStep, ended, final };
  }
}
