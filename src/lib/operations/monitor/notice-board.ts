import { messageOf } from "../../base/errors/llmops-error.js";
import type { AlertNotice, Sink } from "./alert-sinks.js";

const HOUR_MS = 3_600_000;
/** Kept for a sink that does not take them; older ones are let go first. */
const MOST_WAITING = 100;

interface Outlet {
  sink: Sink;
  waiting: AlertNotice[];
  /** When notices went out in the last hour. */
  sent: number[];
  held: number;
  wasFailing: boolean;
}

/** Brings notices to sinks, in order: what one does not take is tried again, and no sink gets more than its share an hour. */
export class NoticeBoard {
  private readonly outlets: Outlet[];
  private readonly mostPerHour: number;
  private readonly onProblem: (text: string) => void;
  private working: Promise<void> = Promise.resolve();

  constructor(sinks: readonly Sink[], { mostPerHour, onProblem }: { mostPerHour: number; onProblem: (text: string) => void }) {
    this.outlets = sinks.map((sink) => ({ sink, waiting: [], sent: [], held: 0, wasFailing: false }));
    this.mostPerHour = mostPerHour;
    this.onProblem = onProblem;
  }

  /** Takes notices, and tries again what waits. Nobody has to wait for it. */
  post(notices: readonly AlertNotice[], now: number): Promise<void> {
    for (const outlet of this.outlets) {
      outlet.waiting.push(...notices);
      outlet.waiting.splice(0, Math.max(0, outlet.waiting.length - MOST_WAITING));
    }
    this.working = this.working.then(async () => {
      await Promise.all(this.outlets.map((outlet) => this.deliver(outlet, now)));
    });
    return this.working;
  }

  private async deliver(outlet: Outlet, now: number): Promise<void> {
    outlet.sent = outlet.sent.filter((time) => now - time < HOUR_MS);
    while (outlet.waiting.length > 0) {
      const notice = outlet.waiting[0] as AlertNotice;
      if (outlet.sent.length >= this.mostPerHour) return this.hold(outlet);
      const problem = await outlet.sink(notice).catch(messageOf);
      if (problem !== undefined) {
        if (!outlet.wasFailing) this.onProblem(`An alert could not be sent, and is tried again: ${problem}`);
        outlet.wasFailing = true;
        return;
      }
      outlet.wasFailing = false;
      outlet.waiting.shift();
      outlet.sent.push(now);
    }
  }

  /** Past the limit only the newest notice of each alert waits: what is over need not be told twice. */
  private hold(outlet: Outlet): void {
    const newest = new Map(outlet.waiting.map((notice) => [`${notice.target} ${notice.name}`, notice]));
    if (outlet.held === 0 || newest.size > outlet.held) {
      this.onProblem(`${this.mostPerHour} notices went out in the last hour; ${newest.size} wait (at_most_per_hour).`);
    }
    outlet.held = newest.size;
    outlet.waiting = [...newest.values()];
  }
}
