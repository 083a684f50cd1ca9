import { forecastSweep } from "../../app/studies/forecast-sweep.js";
import { runSweep } from "../../app/studies/run-sweep.js";
import { renderForecast, type ForecastDocument } from "../../lib/report/forecast-table.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { checkOutputFlags, type OutputFlags } from "../flags/output-flags.js";
import { sweepOf, type StudyFlags, type SweepRequest } from "../flags/study-flags.js";
import { publishSweep } from "../output/sweep-output.js";
import { ResumableCommand } from "./resumable-command.js";

/** The parent of commands that ask settings a dataset: sweep, eval, ab. */
export abstract class SweepingCommand extends ResumableCommand {
  /** Runs the sweep, shows it, writes its files and sets the exit code; with --dry-run says what it would cost. */
  protected async sweep(
    flags: StudyFlags & OutputFlags,
    request: SweepRequest,
    bestFile?: string,
  ): Promise<SweepResult | ForecastDocument> {
    checkOutputFlags(flags, [bestFile]);
    const options = { ...sweepOf(flags), ...request, ...this.origin() };
    const host = this.asHost();
    const log = (text: string) => this.log(text);
    if (!flags["dry-run"]) return publishSweep(await runSweep(options, host), { flags, bestFile, log });
    const forecast = await forecastSweep(options, host);
    log(renderForecast(forecast));
    return forecast;
  }
}
