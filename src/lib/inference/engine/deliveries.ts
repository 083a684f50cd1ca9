import type { EndToken, Job, TokenReading } from "./job.js";

/** A token of a job, or its end. */
type Delivery =
  | { job: Job; token: number; reading: TokenReading }
  /** `last`: the token that ended it, and is not part of the answer. */
  | { job: Job; end: "stop" | "length"; last: EndToken | undefined };

/** What a batch gave its jobs, until they are told. */
export class Deliveries {
  private waiting: Delivery[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(delivery: Delivery): void {
    this.waiting.push(delivery);
  }

  /** Tells the jobs, each within `guard`. A job that its owner ends here may have one more token in the running batch; it is dropped. */
  handOut(guard: (job: Job, work: () => void) => void): void {
    const ended = new Set<Job>();
    const deliveries = this.waiting;
    this.waiting = [];
    for (const delivery of deliveries) {
      const { job } = delivery;
      if (ended.has(job)) continue;
      guard(job, () => {
        const over = "token" in delivery ? job.options.onToken(delivery.token, delivery.reading) : true;
        if (over === false) return;
        ended.add(job);
        job.cancel();
        if ("end" in delivery) job.options.onEnd(delivery.end, delivery.last);
        else job.options.onEnd(over === "length" ? over : "stop", undefined);
      });
    }
  }
}
