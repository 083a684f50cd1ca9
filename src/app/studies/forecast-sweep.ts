import { forecastStudy } from "../../lib/experiments/study/dry-run.js";
import { measureCells } from "../../lib/experiments/study/measure-cells.js";
import type { ForecastDocument } from "../../lib/report/forecast-table.js";
import type { Host } from "../host/host.js";
import { withOpenStudy } from "./open-study.js";
import { limitsOf } from "./study-options.js";
import { listed } from "./study-target.js";
import type { SweepOptions } from "./sweep-options.js";

/** Says what a sweep would cost and could tell, having asked a few of its cells. Throws what `runSweep` throws. */
export function forecastSweep(options: SweepOptions, host: Host): Promise<ForecastDocument> {
  return withOpenStudy(options, { host }, async ({ plan, targets, opened }) => {
    const measured = await measureCells(plan, targets, limitsOf(options), host.signal);
    const [first] = opened;
    const countTokens = opened.length === 1 ? first?.countPromptTokens?.bind(first) : undefined;
    const forecast = forecastStudy(plan, { countTokens, secondsPerCell: measured.secondsPerCell });
    return { schema: "llmops.plan/1", model: listed(opened, "model"), tried: measured.cells, ...forecast };
  });
}
