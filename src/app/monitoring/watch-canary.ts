import { setTimeout as sleep } from "node:timers/promises";
import { readSecret } from "../../lib/base/config/environment.js";
import { messageOf } from "../../lib/base/errors/llmops-error.js";
import { AlertBook } from "../../lib/operations/monitor/alert-book.js";
import type { AlertPlan, AlertRule } from "../../lib/operations/monitor/alert-rules.js";
import { createSink } from "../../lib/operations/monitor/alert-sinks.js";
import { NoticeBoard } from "../../lib/operations/monitor/notice-board.js";
import type { Host } from "../host/host.js";
import { runCanary, type CanaryDocument, type CanaryOptions } from "./canary.js";

const DRIFT: Pick<AlertRule, "name" | "severity" | "summary" | "forMs"> = {
  name: "CanaryDrift",
  severity: "warning",
  summary: "The model does not answer as it did",
  forMs: 0,
};

export interface WatchCanaryOptions extends CanaryOptions {
  /** Between the end of one round and the start of the next; one round alone when absent. */
  intervalMs?: number | undefined;
  /** Whose sinks are notified of drift, where there are several rounds. */
  alerts: AlertPlan;
  /** Gets what each round found. */
  onRound: (document: CanaryDocument) => void;
  /** Gets alerts that are printed. */
  onAlert: (line: string) => void;
}

/**
 * Asks once, or again and again until the host's signal aborts; the first round has to succeed, a later one that fails is told and
 * does not end it. Gives the last one. Throws what `runCanary` throws.
 */
export async function watchCanary(
  { intervalMs, alerts, onRound, onAlert, ...options }: WatchCanaryOptions,
  host: Host,
): Promise<CanaryDocument> {
  const driftAlerts = new DriftAlerts(alerts, { write: onAlert, note: host.note });
  const round = async () => {
    const document = await runCanary(options, host);
    onRound(document);
    return document;
  };
  let last = await round();
  if (intervalMs === undefined) return last;
  for (;;) {
    await driftAlerts.update(last);
    await sleep(intervalMs, undefined, { signal: host.signal }).catch(() => undefined);
    if (host.signal.aborted) return last;
    try {
      last = await round();
    } catch (error) {
      if (host.signal.aborted) return last;
      host.note(`This round failed: ${messageOf(error)}`);
    }
  }
}

/** Tells sinks when a canary drifts, and when it is fine again; one that cannot tell changes nothing. */
class DriftAlerts {
  private readonly book: AlertBook;
  private readonly board: NoticeBoard;

  constructor(
    { sinks, repeatMs, mostPerHour }: AlertPlan,
    { write, note }: { write: (line: string) => void; note: (line: string) => void },
  ) {
    this.book = new AlertBook(repeatMs);
    this.board = new NoticeBoard(
      sinks.map((definition) => createSink(definition, { write, secret: readSecret })),
      { mostPerHour, onProblem: note },
    );
  }

  async update({ comparison, target, time }: CanaryDocument): Promise<void> {
    const now = Date.parse(time);
    const drifted = (comparison?.metrics ?? []).filter(({ state }) => state === "drift").map(({ metric }) => metric);
    const isKnown = comparison !== null && comparison.state !== "cannot tell";
    const evidence = drifted.length > 0 ? drifted.join(", ") : "no drift";
    const event = isKnown ? this.book.update(DRIFT, { active: drifted.length > 0, evidence }, now) : undefined;
    await this.board.post(event ? [{ ...event, target }] : [], now);
  }
}
