import type { StaleDocument } from "../../app/documents/runs.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { renderStaleRuns } from "../../lib/report/stale-table.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { findStale, settleStale, type StaleAction, type StaleRun } from "../../lib/experiments/runs/stale-runs.js";
import { withStore } from "../../app/tracking/with-store.js";
import { experimentsFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";

const DONE: Record<StaleAction, string> = { end: "Ended", kill: "Killed", delete: "Deleted" };

/** `llmops mlflow stale`: runs that never ended. */
export default class MlflowStale extends BaseCommand {
  static override summary = "List runs that are still RUNNING although they stopped logging, and end, kill, or delete them.";
  static override examples = ["<%= config.bin %> mlflow stale", "<%= config.bin %> mlflow stale --idle 7d --kill"];
  static override flags = {
    idle: Flags.string({ default: "24h", helpValue: "TIME", description: "minimum time without logging" }),
    end: Flags.boolean({ description: "mark them FINISHED at their last activity", exclusive: ["kill", "delete"] }),
    kill: Flags.boolean({ description: "mark them KILLED at their last activity", exclusive: ["end", "delete"] }),
    delete: Flags.boolean({ description: "delete them (they can be restored until gc)", exclusive: ["end", "kill"] }),
    experiment: experimentsFlag("only the runs of this experiment"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<StaleDocument> {
    const { flags } = await this.parse(MlflowStale);
    const idleMs = parseDuration(flags.idle);
    const action = flags.end ? "end" : flags.kill ? "kill" : flags.delete ? "delete" : null;
    return withStore(flags["tracking-uri"], async (store) => {
      const stale = await findStale(store, { experiments: flags.experiment, idleMs, now: Date.now() });
      if (action !== null) await settleStale(store, stale, action);
      this.log(renderStaleRuns(stale, flags.idle, terminalScreen()));
      if (stale.length > 0)
        this.log(action === null ? "Settle them with --end, --kill or --delete." : `${DONE[action]} ${counted(stale.length, "run")}.`);
      return { schema: "llmops.stale/1", action, runs: stale.map(toDocument) };
    });
  }
}

function toDocument({ run, lastActivity }: StaleRun): StaleDocument["runs"][number] {
  const { runId, runName, experimentId, startTime } = run;
  return { run_id: runId, run_name: runName, experiment_id: experimentId, start_time: startTime, last_activity: lastActivity };
}
