import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Caller } from "./api-keys.js";
import type { Booking, BucketState, Ledger } from "./ledger.js";
import type { Cost, Limit, LimitUnit } from "./limit.js";

export interface AccessOptions {
  ledger: Ledger;
  /** For every caller, beside those of its own key. */
  limits: readonly Limit[];
  /** Requests one caller may have under way. */
  maxParallel: number | undefined;
  /** Hears of every refusal. */
  onRefusal?: (limit: string) => void;
  /** Hears how full a caller's limit is, 0..1. */
  onUse?: (caller: Caller, limit: Limit, share: number) => void;
}

/** A request that was let in. */
export interface Admission {
  /** x-ratelimit-* headers, in OpenAI's names. */
  headers: Record<string, string>;
  /** Books so much beside what was reserved, for good; false where there is no room for it. */
  extend(more: Cost): Promise<boolean>;
  /** Gives back what was reserved beyond what was used. To be called once, whatever became of the request. */
  settle(used: Cost): Promise<void>;
}

/** Lets requests in as long as limits, budgets and places hold: the worst case is reserved before, the difference given back after. */
export class Access {
  private readonly options: AccessOptions;
  private readonly running = new Map<string, number>();

  constructor(options: AccessOptions) {
    this.options = options;
  }

  /** True where requests of this caller are bounded by what they cost, so that the worst case has to be known. */
  isMetered(caller: Caller): boolean {
    return this.limitsOf(caller).some(({ unit }) => unit !== "requests");
  }

  /** Throws RATE_LIMITED, with when to come again, and SYSTEM_REFUSED where what it may cost cannot be written down. */
  async admit(caller: Caller, worst: Cost): Promise<Admission> {
    const most = caller.maxParallel ?? this.options.maxParallel ?? Infinity;
    const running = this.running.get(caller.id) ?? 0;
    if (running >= most) throw this.refuse("parallel", `${caller.name} already has its maximum of ${running} concurrent requests.`, 1);
    const limits = this.limitsOf(caller);
    if (limits.length === 0) return this.admitFreely(caller, running);
    const bookings = limits.map((limit) => toBooking(caller, limit, worst[limit.unit]));
    this.running.set(caller.id, running + 1);
    try {
      const { refused, states, correct } = await this.options.ledger.reserve(bookings);
      if (refused !== undefined) throw this.overLimit(caller, limits[refused] as Limit, states[refused], worst);
      limits.forEach((limit, i) => this.options.onUse?.(caller, limit, (states[i]?.used ?? 0) / limit.amount));
      return {
        headers: toHeaders(limits, states),
        extend: (more) => this.extend(caller, limits, more),
        settle: (used) => this.settle(caller, () => correct(limits.map(({ unit }) => used[unit]))),
      };
    } catch (error) {
      this.leave(caller);
      throw error;
    }
  }

  /** Nothing is booked where nothing is limited but how many are under way. */
  private admitFreely(caller: Caller, running: number): Admission {
    this.running.set(caller.id, running + 1);
    return { headers: {}, extend: () => Promise.resolve(true), settle: () => Promise.resolve(this.leave(caller)) };
  }

  async close(): Promise<void> {
    await this.options.ledger.close();
  }

  private limitsOf({ limits }: Caller): Limit[] {
    return [...limits, ...this.options.limits];
  }

  /** It is still the same request, however much it takes. What cannot be booked has no room. */
  private async extend(caller: Caller, limits: readonly Limit[], more: Cost): Promise<boolean> {
    const amounts = limits.map(({ unit }) => (unit === "requests" ? 0 : more[unit]));
    try {
      const { refused, correct } = await this.options.ledger.reserve(limits.map((limit, i) => toBooking(caller, limit, amounts[i] ?? 0)));
      if (refused === undefined) await correct(amounts);
      return refused === undefined;
    } catch (error) {
      if (error instanceof LlmopsError && error.code === "SYSTEM_REFUSED") return false;
      throw error;
    }
  }

  private async settle(caller: Caller, correct: () => Promise<void>): Promise<void> {
    this.leave(caller);
    await correct();
  }

  private leave({ id }: Caller): void {
    const running = (this.running.get(id) ?? 1) - 1;
    if (running > 0) this.running.set(id, running);
    else this.running.delete(id);
  }

  private overLimit(caller: Caller, { unit, amount, text }: Limit, state: BucketState | undefined, worst: Cost): LlmopsError {
    const retryAfterSeconds = Math.max(1, Math.ceil((state?.resetMs ?? 1000) / 1000));
    if (unit === "requests") return this.refuse(text, `${caller.name} has used up its limit of ${text}.`, retryAfterSeconds);
    const left = Math.max(0, amount - (state?.used ?? 0));
    const shown = (value: number) => (unit === "usd" ? `$${value.toFixed(4)}` : `${Math.floor(value)} tokens`);
    const message = `${caller.name} has ${shown(left)} left of ${text}; this request may take ${shown(worst[unit])}.`;
    return this.refuse(text, message, retryAfterSeconds, " or ask for less (max_tokens)");
  }

  private refuse(limit: string, message: string, retryAfterSeconds: number, otherwise = ""): LlmopsError {
    this.options.onRefusal?.(limit);
    return new LlmopsError("RATE_LIMITED", message, { retryAfterSeconds, hint: `Try again in ${retryAfterSeconds} s${otherwise}.` });
  }
}

function toBooking({ id }: Caller, { unit, amount: limit, windowMs, text }: Limit, amount: number): Booking {
  return { bucket: `${id}:${unit}:${text}`, amount, limit, windowMs };
}

/** Of several limits in one unit, the one with the least left. */
function toHeaders(limits: readonly Limit[], states: readonly BucketState[]): Record<string, string> {
  const tightest = new Map<LimitUnit, { limit: number; left: number; resetMs: number }>();
  for (const [i, { unit, amount }] of limits.entries()) {
    const { used = 0, resetMs = 0 } = states[i] ?? {};
    const left = Math.max(0, amount - used);
    if (left < (tightest.get(unit)?.left ?? Infinity)) tightest.set(unit, { limit: amount, left, resetMs });
  }
  const entries = [...tightest].flatMap(([unit, { limit, left, resetMs }]) => {
    return [
      [`x-ratelimit-limit-${unit}`, String(limit)],
      [`x-ratelimit-remaining-${unit}`, String(unit === "usd" ? left : Math.floor(left))],
      [`x-ratelimit-reset-${unit}`, `${Math.ceil(resetMs / 1000)}s`],
    ];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
