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

/** A window, at least as long as it takes to see something in it. */
export function atLeast(window: BurnWindow, { longMs, shortMs }: Pick<BurnWindow, "longMs" | "shortMs">): BurnWindow {
  return { ...window, longMs: Math.max(window.longMs, longMs), shortMs: Math.max(window.shortMs, shortMs) };
}

/**
 * The windows of an objective where a server is polled at a pace: at least one poll is in each, and as many as make an alert in the long
 * one, for a poll may be all that asks the server anything. None is longer than the objective's.
 */
function polledWindows(slo: Slo, paceMs: number): BurnWindow[] {
  const least = { longMs: Math.min(slo.windowMs, FEWEST_REQUESTS * paceMs), shortMs: Math.min(slo.windowMs, paceMs) };
  return burnWindows(slo).map((window) => atLeast(window, least));
}

/** How many requests make an alert: fewer only where no more polls fit into the objective's window. */
function fewestRequests({ windowMs }: Slo, paceMs: number): number {
  return paceMs > 0 ? Math.max(2, Math.min(FEWEST_REQUESTS, Math.floor(windowMs / paceMs))) : FEWEST_REQUESTS;
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
      long_ms: z.number().describe("As the objective's window asks for, and ten polls at least."),
      short_ms: z.number().describe("As the objective's window asks for, and one poll at least."),
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

/** The state of an objective at a time, of a server that is polled every `paceMs`; 0 where it is polled once. */
export function sloStatus(ledger: SloLedger, now: number, paceMs = 0): SloStatus {
  const { slo } = ledger;
  const { good, total } = ledger.totals(now, slo.windowMs);
  const used = burnRate({ good, total }, slo);
  const enough = fewestRequests(slo, paceMs);
  const burn = polledWindows(slo, paceMs).map(({ factor, longMs, shortMs }) => {
    const inLong = ledger.totals(now, longMs);
    const long = burnRate(inLong, slo);
    const short = burnRate(ledger.totals(now, shortMs), slo);
    const exceeded = inLong.total >= enough && (long ?? 0) > factor && (short ?? 0) > factor;
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
