import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { isSameParameter } from "../../lib/experiments/study/parameters.js";
import { readSearchFile } from "../../lib/experiments/study/search-file.js";
import { parseFixed } from "../../lib/experiments/study/search-space.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import { extraBody, type RequestOptions } from "../targets/request-body.js";
import { DEFAULT_MAX_TOKENS } from "./study-defaults.js";

/** What every request of a study is asked with. */
export interface PromptOptions extends RequestOptions {
  /** The system prompt, or @FILE. */
  system?: string | undefined;
  /** Template of the user's message, or @FILE, with {{question}} and other columns. */
  prompt?: string | undefined;
  /** The maximum tokens per completion. */
  maxTokens?: number | undefined;
  /** Parameters all settings share, as NAME=VALUE, or @FILE with them in YAML. */
  set?: readonly string[] | undefined;
}

/**
 * What the model is asked with, where `varied` are the parameters that settings differ in. Throws what reading parameters throws, and
 * INVALID_ARGUMENT for one that is both set and varied.
 */
export function fixedParameters(
  { maxTokens = DEFAULT_MAX_TOKENS, system, prompt, set = [], ...request }: PromptOptions,
  varied: readonly string[] = [],
): Setting {
  const body = extraBody(request);
  const words = set.flatMap((text) => (text.startsWith("@") ? readSearchFile(text.slice(1)) : [text]));
  const given = parseFixed(words, {
    otherwise: (name) => `To send an endpoint something else: --set-extra ${name}=VALUE.`,
    several: "Name it without --set to sweep it.",
  });
  for (const name of Object.keys(given)) checkNotVaried(name, given[name], varied);
  return {
    ...(given["max_completion_tokens"] === undefined && { max_tokens: maxTokens }),
    ...(system !== undefined && { system }),
    ...(prompt !== undefined && { prompt }),
    ...(body && { body: JSON.stringify(body) }),
    ...(request.maxTokensField !== undefined && { max_tokens_field: request.maxTokensField }),
    ...given,
  };
}

function checkNotVaried(name: string, value: number | string | undefined, varied: readonly string[]): void {
  const same = varied.find((other) => isSameParameter(name, other));
  if (same === undefined) return;
  const which = same === name ? "" : `, which is the same limit as ${same},`;
  throw new LlmopsError("INVALID_ARGUMENT", `--set ${name}=${value ?? ""}${which} would do nothing: ${same} has values of its own.`, {
    hint: `Leave --set ${name} out, or do not vary ${same}.`,
  });
}
