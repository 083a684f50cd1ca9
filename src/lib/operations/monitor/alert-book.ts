import { z } from "zod";
import type { AlertRule } from "./alert-rules.js";

/** What a rule says now. */
export interface Evaluation {
  active: boolean;
  /** What was seen, in words. */
  evidence: string;
}

const alertStateSchema = z.enum(["pending", "firing"]);

export const activeAlertSchema = z.object({
  name: z.string(),
  severity: z.string(),
  summary: z.string(),
  state: alertStateSchema,
  since: z.number().describe("When its condition began to hold, milliseconds since the epoch."),
  evidence: z.string(),
});

/** An alert that is not quiet. */
export type ActiveAlert = z.infer<typeof activeAlertSchema>;

export const alertEventSchema = activeAlertSchema.omit({ state: true }).extend({
  event: z.enum(["firing", "still firing", "resolved"]),
  time: z.number(),
});

/** Something to tell: an alert began to fire, still does, or is over. */
export type AlertEvent = z.infer<typeof alertEventSchema>;

interface Entry extends ActiveAlert {
  toldAt: number | undefined;
}

/** The alerts of one server: pending while a rule has not held for long enough, then firing, until it does not hold. */
export class AlertBook {
  private readonly entries: Map<string, Entry>;
  private readonly repeatMs: number;

  constructor(repeatMs: number, saved: readonly (ActiveAlert & { toldAt?: number | undefined })[] = []) {
    this.repeatMs = repeatMs;
    this.entries = new Map(saved.map((entry) => [entry.name, { ...entry, toldAt: entry.toldAt }]));
  }

  /** Pending and firing alerts, to be shown and kept. */
  get active(): readonly Entry[] {
    return [...this.entries.values()];
  }

  /** Takes in what a rule says at a time. Returns what is to be told: each change once, and what still fires every `repeatMs`. */
  update(
    rule: Pick<AlertRule, "name" | "severity" | "summary" | "forMs">,
    { active, evidence }: Evaluation,
    time: number,
  ): AlertEvent | undefined {
    const { name, severity, summary } = rule;
    const known = this.entries.get(name);
    if (!active) {
      this.entries.delete(name);
      return known?.state === "firing" ? { name, severity, summary, since: known.since, evidence, event: "resolved", time } : undefined;
    }
    const entry: Entry = { name, severity, summary, state: "pending", since: time, toldAt: undefined, ...known, evidence };
    this.entries.set(name, entry);
    const wasFiring = entry.state === "firing";
    if (!wasFiring && time - entry.since < rule.forMs) return undefined;
    entry.state = "firing";
    if (wasFiring && entry.toldAt !== undefined && time - entry.toldAt < this.repeatMs) return undefined;
    const event = wasFiring && entry.toldAt !== undefined ? "still firing" : "firing";
    entry.toldAt = time;
    return { name, severity, summary, since: entry.since, evidence, event, time };
  }

  /** Forgets rules there are no more. */
  keepOnly(rules: readonly AlertRule[]): void {
    const names = new Set(rules.map(({ name }) => name));
    for (const name of this.entries.keys()) if (!names.has(name)) this.entries.delete(name);
  }
}
