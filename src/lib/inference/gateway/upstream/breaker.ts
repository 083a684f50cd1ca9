import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleType, type CircuitBreakerPolicy } from "cockatiel";
import type { Answer } from "../call.js";
import { ProviderFault } from "../provider-fault.js";

export type BreakerState = "closed" | "half_open" | "open";

export interface BreakerOptions {
  /** Faults in a row that open it. */
  faults: number;
  /** How long nothing is tried then. */
  openMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { faults: 5, openMs: 10_000 };

/** Stops asking a provider that fails again and again; after a while one call may find out whether it is back. */
export class Breaker {
  private readonly name: string;
  private readonly policy: CircuitBreakerPolicy;

  constructor(name: string, { faults, openMs }: BreakerOptions, onChange: (state: BreakerState) => void = () => undefined) {
    this.name = name;
    // a provider that is merely busy is not broken
    this.policy = circuitBreaker(
      handleType(ProviderFault, ({ kind }) => kind !== "overloaded"),
      { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(faults) },
    );
    this.policy.onStateChange(() => onChange(this.state));
  }

  get state(): BreakerState {
    if (this.policy.state === CircuitState.Closed) return "closed";
    return this.policy.state === CircuitState.HalfOpen ? "half_open" : "open";
  }

  async run(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await this.policy.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ProviderFault("open_breaker", this.name, `${this.name} failed several times in a row and is paused for a while.`);
    }
  }

  /** Counts a fault that came after the answer had begun. */
  note(fault: ProviderFault): void {
    this.policy.execute(() => Promise.reject(fault)).catch(() => undefined);
  }
}
