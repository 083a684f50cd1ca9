import { z } from "zod";
import type { Slo } from "../slo/slo.js";
import type { SloLedger } from "./slo-ledger.js";

const HOUR_MS = 3_600_000;
const FULL_WINDOW_MS = 28 * 24 * HOUR_MS;

/** With fewer requests in the long window a single bad one would look like a fire. */
export const FEWEST_REQUESTS = 10;

export type Severity = "critical" | "warning";

/** An error budget is being used up too fast when both windows burn at the factor: the long one is certain, the short one says it still does. */
export interface BurnWindow {
  factor: number;
  longMs: number;
  shortMs: number;
  severity: Severity;
}

/** Multi-window, multi-burn-rate alerts (Google, The Site Reliability Workbook, chapter 5). */
const BURN_WINDOWS: readonly BurnWindow[] = [
  { factor: 14.4, longMs: HOUR_MS, shortMs: HOUR_MS / 12, severity: "critical" },
  { factor: 6, longMs: 6 * HOUR_MS, shortMs: HOUR_MS / 2, severity: "critical" },
  { factor: 1, longMs: 72 * HOUR_MS, shortMs: 6 * HOUR_MS, severity: "warning" },
];

/** The windows of an objective; those of one shorter than 28 days are shorter alike, so that each stands for the same share of the budget. */
export function burnWindows({ windowMs }: Pick<Slo, "windowMs">): BurnWindow[] {
  const scale = Math.min(1, windowMs / FULL_WINDOW_MS);
  return BURN_WINDOWS.map((window) => ({ ...window, longMs: window.longMs * scale, shortMs: window.shortMs * scale }));
}

export const sloStatusSchema = z.object({
  slo: z.string(),
  requests: z.number(),
  good: z.number(),
  attained: z.number().nullable().describe("The share that met it, over its window as far as it was watched."),
  met: z.boolean().nullable(),
  error_budget_left: z
    .number()
    .nullable()
    .describe("1 when nothing of the error budget is used, 0 when all is, below when it is overdrawn."),
  burn: z.array(
    z.object({
      factor: z.number(),
      long_ms: z.number(),
      short_ms: z.number(),
      long_rate: z.number().nullable(),
      short_rate: z.number().nullable(),
      exceeded: z.boolean(),
    }),
  ),
});

/** How an objective stands. Rates and shares are null without requests. */
export type SloStatus = z.infer<typeof sloStatusSchema>;

/** How much of the error budget went, against what may go: 1 uses it up exactly by the window's end. */
export function burnRate({ good, total }: { good: number; total: number }, { share }: Pick<Slo, "share">): number | null {
  if (total <= 0) return null;
  const bad = (total - good) / total;
  return share < 1 ? bad / (1 - share) : bad > 0 ? Infinity : 0;
}

/** The state of an objective at a time. */
export function sloStatus(ledger: SloLedger, now: number): SloStatus {
  const { slo } = ledger;
  const { good, total } = ledger.totals(now, slo.windowMs);
  const used = burnRate({ good, total }, slo);
  const burn = burnWindows(slo).map(({ factor, longMs, shortMs }) => {
    const inLong = ledger.totals(now, longMs);
    const long = burnRate(inLong, slo);
    const short = burnRate(ledger.totals(now, shortMs), slo);
    const exceeded = inLong.total >= FEWEST_REQUESTS && (long ?? 0) > factor && (short ?? 0) > factor;
    return { factor, long_ms: longMs, short_ms: shortMs, long_rate: long, short_rate: short, exceeded };
  });
  return {
    slo: slo.text,
    requests: total,
    good,
    attained: total > 0 ? good / total : null,
    met: total > 0 ? good / total >= slo.share : null,
    error_budget_left: used === null ? null : 1 - used,
    burn,
  };
}
