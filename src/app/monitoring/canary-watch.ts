import { readSecret } from "../../lib/base/config/environment.js";
import { AlertBook } from "../../lib/operations/monitor/alert-book.js";
import type { AlertPlan, AlertRule } from "../../lib/operations/monitor/alert-rules.js";
import { createSink } from "../../lib/operations/monitor/alert-sinks.js";
import { NoticeBoard } from "../../lib/operations/monitor/notice-board.js";
import type { CanaryDocument } from "./canary.js";

const DRIFT: Pick<AlertRule, "name" | "severity" | "summary" | "forMs"> = {
  name: "CanaryDrift",
  severity: "warning",
  summary: "The model does not answer as it did",
  forMs: 0,
};

/** Tells sinks when a canary drifts, and when it is fine again; one that cannot tell changes nothing. */
export class CanaryWatch {
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

  async take({ comparison, target, time }: CanaryDocument): Promise<void> {
    const now = Date.parse(time);
    const drifted = (comparison?.metrics ?? []).filter(({ state }) => state === "drift").map(({ metric }) => metric);
    const isTold = comparison !== null && comparison.state !== "cannot tell";
    const evidence = drifted.length > 0 ? drifted.join(", ") : "no drift";
    const event = isTold ? this.book.update(DRIFT, { active: drifted.length > 0, evidence }, now) : undefined;
    await this.board.post(event ? [{ ...event, target }] : [], now);
  }
}
