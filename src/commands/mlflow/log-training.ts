import type { LogTrainingDocument } from "../../app/documents/runs.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { currentUser } from "../../lib/base/config/environment.js";
import { formatValue } from "../../lib/report/runs-table.js";
import { uploadArtifacts } from "../../lib/experiments/runs/artifact-files.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { logTraining, type TrainingOutcome } from "../../lib/experiments/runs/log-training.js";
import { parsePairs } from "../../app/studies/pairs.js";
import { withTracker } from "../../app/tracking/with-store.js";
import { experimentFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { counted } from "../../lib/base/errors/counted.js";

/** `llmops mlflow log-training`: a training log becomes a run. */
export default class MlflowLogTraining extends BaseCommand {
  static override summary = "Record a training log as a run: trainer_state.json of Hugging Face, JSONL, or CSV.";
  static override description =
    "Every number becomes a metric over steps: train_loss, eval_loss, learning_rate, epoch, global_step, ... " +
    "--follow reads on as the file grows, until the trainer says it is done, nothing comes for --idle, or Ctrl+C.";
  static override examples = [
    "<%= config.bin %> mlflow log-training out/checkpoint-500/trainer_state.json -p model=LFM2-700M -p lora_r=16",
    "<%= config.bin %> mlflow log-training train.jsonl --follow --name lora-r16 --artifact out/adapter",
  ];
  static override args = { file: Args.string({ description: "trainer_state.json, *.jsonl or *.csv", required: true }) };
  static override flags = {
    follow: Flags.boolean({ char: "f", description: "read on as the file grows" }),
    idle: Flags.string({ default: "10m", helpValue: "TIME", description: "with --follow: end when nothing came for so long" }),
    param: Flags.string({
      char: "p",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "K=V",
      description: "param of the run, such as batch_size=8",
    }),
    tag: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "K=V", description: "tag of the run" }),
    artifact: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "PATH",
      description: "file or folder to keep with the run, at the end",
    }),
    name: Flags.string({ description: "name of the run" }),
    experiment: experimentFlag("training"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<LogTrainingDocument> {
    const { args, flags } = await this.parse(MlflowLogTraining);
    const idleMs = parseDuration(flags.idle);
    const params = parsePairs(flags.param ?? [], "--param");
    const tags = { "mlflow.source.name": this.typedName, "mlflow.source.type": "LOCAL", ...parsePairs(flags.tag ?? [], "--tag") };
    const signal = this.listenForInterrupt();
    return withTracker(
      flags["tracking-uri"],
      (text) => this.note(text),
      async ({ tracker, store, uri }) => {
        const run = tracker.startRun({
          experiment: flags.experiment,
          name: flags.name,
          userId: currentUser(),
          tags: { ...tags, "mlflow.user": currentUser() },
        });
        run.log({ params });
        await tracker.begin();
        if (flags.follow) this.note(`Following ${args.file} (Ctrl+C ends it).`);
        try {
          const outcome = await logTraining({ path: args.file, run, follow: flags.follow, idleMs, signal });
          await tracker.flush({ deadlineMs: 10_000 });
          const runId = tracker.idOf(run) ?? null;
          if (runId !== null) for (const path of flags.artifact ?? []) await uploadArtifacts(store, runId, { path, into: "" });
          run.end(outcome.ended === "interrupted" ? "KILLED" : "FINISHED");
          this.log(render(outcome, uri, runId));
          const { points, lastStep, ended, final } = outcome;
          return { schema: "llmops.log-training/1", tracking_uri: uri, run_id: runId, points, last_step: lastStep, ended, final };
        } catch (error) {
          run.end("FAILED");
          throw error;
        }
      },
    );
  }
}

function render({ points, lastStep, final }: TrainingOutcome, uri: string, runId: string | null): string {
  const losses = ["train_loss", "eval_loss"].flatMap((key) => (final[key] === undefined ? [] : [`${key} ${formatValue(final[key])}`]));
  return `Recorded ${counted(points, "point")} up to step ${lastStep ?? "none"} in ${uri}, run ${runId ?? "(queued)"}${losses.length > 0 ? `: ${losses.join(", ")}` : ""}.`;
}
