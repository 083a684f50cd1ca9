import type { Steps } from "../../base/slices/slices.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";

/** Thinking tokens for an effort, for templates that take a budget of them: the numbers ByteDance gives for Seed-OSS. */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 512, low: 1024, medium: 4096, high: 16_384 };

/**
 * The variables that a template heeds when it says how much to think, for OpenAI's `reasoning_effort`: that name, or a switch, which
 * "none" turns off. `heeds` tells whether any of some values of a variable changes a prompt. Throws UNSUPPORTED_PARAMETER where the
 * template heeds none of them and the model is to think.
 */
export function* thinkingVariables(
  effort: string,
  heeds: (variable: string, ...values: unknown[]) => Steps<boolean>,
): Steps<Record<string, unknown>> {
  const thinks = effort !== "none";
  const switched = {
    ...((yield* heeds("enable_thinking", true, false)) && { enable_thinking: thinks }),
    ...((yield* heeds("thinking", true, false)) && { thinking: thinks }),
    ...((yield* heeds("thinking_mode", "enabled", "disabled")) && { thinking_mode: thinks ? "enabled" : "disabled" }),
    ...(Object.hasOwn(BUDGETS, effort) && (yield* heeds("thinking_budget", 0, 512)) && { thinking_budget: BUDGETS[effort] }),
  };
  // "none" is no effort where there is a switch for it
  const isNamed = (thinks || Object.keys(switched).length === 0) && (yield* heeds("reasoning_effort", "low", "high", "none"));
  const named = isNamed && { reasoning_effort: effort };
  const variables = { ...switched, ...named };
  if (Object.keys(variables).length > 0 || !thinks) return variables;
  throw new LlmopsError(
    "UNSUPPORTED_PARAMETER",
    `This model does not support reasoning_effort = "${effort}": its chat template has no switch for thinking.`,
    {
      hint: "Leave reasoning_effort out.",
      param: "reasoning_effort",
    },
  );
}
