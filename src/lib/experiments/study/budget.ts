import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Usage } from "../../inference/openai/completion.js";

/** What a study may cost at most; what is absent is not bounded. */
export interface BudgetLimits {
  calls?: number;
  tokens?: number;
  minutes?: number;
}

/** Reads limits such as "2000calls", "100k tokens", "10m" or "1h". Throws INVALID_ARGUMENT. */
export function parseBudget(texts: readonly string[]): BudgetLimits {
  return Object.assign({}, ...texts.map(parseLimit)) as BudgetLimits;
}

function parseLimit(text: string): BudgetLimits {
  const [, digits, scale = "", unit = ""] =
    /^\s*(\d+(?:\.\d+)?)\s*([kM]?)\s*(calls?|tokens?|minutes?|min|m|hours?|h|seconds?|s)\s*$/.exec(text) ?? [];
  const amount = Number(digits) * ({ k: 1e3, M: 1e6 }[scale] ?? 1);
  if (!(amount > 0)) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a budget.`, {
      hint: "Write 2000calls, 100ktokens, 10m, or 1h; several --budget flags all apply.",
    });
  }
  if (unit.startsWith("call")) return { calls: amount };
  if (unit.startsWith("token")) return { tokens: amount };
  return { minutes: unit.startsWith("h") ? amount * 60 : unit.startsWith("s") ? amount / 60 : amount };
}

/** Counts what a study uses. */
export class Budget {
  private readonly limits: BudgetLimits;
  private readonly start = performance.now();
  private calls = 0;
  private tokens = 0;

  constructor(limits: BudgetLimits) {
    this.limits = limits;
  }

  /** Before a call: false when a limit is reached. */
  allows(): boolean {
    const { calls = Infinity, tokens = Infinity, minutes = Infinity } = this.limits;
    return this.calls < calls && this.tokens < tokens && performance.now() - this.start < minutes * 60_000;
  }

  noteCalls(count: number): void {
    this.calls += count;
  }

  noteTokens({ promptTokens, completionTokens }: Pick<Usage, "promptTokens" | "completionTokens">): void {
    this.tokens += promptTokens + completionTokens;
  }
}
