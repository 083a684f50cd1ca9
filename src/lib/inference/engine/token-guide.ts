import type { AnswerPilot } from "./answer-pilot.js";
import type { NativeSampler } from "./native-sampler.js";
import { RulesInForce, type ReadyRules } from "./token-rules.js";

/** Holds one choice to its rules while its tokens are chosen: those of its parts, and those of its tokens. */
export class TokenGuide {
  /** What is added to logits for the first token. */
  readonly biases: ReadonlyMap<number, number>;
  private readonly pilot: AnswerPilot | undefined;
  private readonly rules: RulesInForce | undefined;
  private sampler: NativeSampler | undefined;

  constructor(rules: ReadyRules, pilot: AnswerPilot | undefined) {
    this.pilot = pilot;
    this.rules = RulesInForce.areNeeded(rules) ? new RulesInForce(rules) : undefined;
    this.biases = this.rules?.biases ?? rules.biases;
  }

  /** Whether anything changes from token to token. */
  get steers(): boolean {
    return this.pilot !== undefined || this.rules !== undefined;
  }

  /** The sampler of the choice, once there is one. */
  attach(sampler: NativeSampler): void {
    this.sampler = sampler;
    this.pilot?.attach(sampler);
  }

  /** The token to take where this one was sampled. Has to be called between two steps. */
  steer(sampled: number): number {
    const token = this.pilot?.steer(sampled) ?? sampled;
    const changed = this.rules?.take(token);
    if (changed) this.sampler?.bias(changed.biases, changed.chosen);
    return token;
  }
}
