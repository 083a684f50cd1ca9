/** How long running answers may pause for the prompts of others, in milliseconds. */
const PAUSE_MS = 400;
/** The same while at least as many requests wait for their first token: full batches serve them all sooner. */
const PAUSE_FOR_MANY_MS = 1500;
const LEAST_PROMPT_TOKENS = 64;
/** Beside running answers, before anything is known of the speed. */
const UNMEASURED_PROMPT_TOKENS = 128;
/** Below this a batch says more about fixed costs than about the speed of prompts. */
const LEAST_MEASURED_TOKENS = 32;
const WEIGHT_OF_NEW = 0.3;
/** 2 GB/s: cautious for copying memory, so that a copy is never the slower way. */
const COPY_BYTES_PER_MS = 2_000_000;

function blend(mean: number | undefined, value: number): number {
  return mean === undefined ? value : mean + WEIGHT_OF_NEW * (value - mean);
}

/** Learns the speed of prompt evaluation and derives what depends on it. */
export class StepMeter {
  private readonly slotBytes: number;
  /** Of a prompt's token. Means of times follow a step that was held up at once, those of speeds do not. */
  private tokenMs: number | undefined;
  private meanJobMs: number | undefined;

  constructor(slotBytes: number) {
    this.slotBytes = slotBytes;
  }

  record(tokens: number, elapsedMs: number): void {
    if (tokens < LEAST_MEASURED_TOKENS || elapsedMs <= 0) return;
    this.tokenMs = blend(this.tokenMs, elapsedMs / tokens);
  }

  /** Notes how long a job kept its slot. */
  recordJob(elapsedMs: number): void {
    this.meanJobMs = blend(this.meanJobMs, elapsedMs);
  }

  /** How long a job keeps its slot, by the last ones. */
  get jobMs(): number {
    return this.meanJobMs ?? 0;
  }

  /** Prompt tokens that fit into one pause of the running answers. */
  promptTokensBeside(answers: number, waiting: number): number {
    if (this.tokenMs === undefined) return UNMEASURED_PROMPT_TOKENS;
    const pauseMs = waiting >= answers ? PAUSE_FOR_MANY_MS : PAUSE_MS;
    return Math.max(LEAST_PROMPT_TOKENS, Math.floor(pauseMs / this.tokenMs));
  }

  /** Evaluating fewer prompt tokens than this is cheaper than copying a slot. */
  tokensWorthCopying(): number {
    const copyMs = this.slotBytes / COPY_BYTES_PER_MS;
    return Math.max(LEAST_PROMPT_TOKENS, Math.ceil(copyMs / (this.tokenMs ?? 1)));
  }
}
