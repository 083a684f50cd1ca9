import { stringify } from "yaml";
import { readPromptText } from "../../lib/experiments/study/prompt-template.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import { PARAMETERS } from "../../lib/experiments/study/parameters.js";
import { DEFAULT_MAX_TOKENS } from "./study-defaults.js";

/**
 * A setting as a YAML file that `--set @FILE` of sweep, eval and serve takes: everything it was measured with, prompts by their text.
 * What a study does by itself is left out: the name of a strategy, and the default bound on tokens.
 */
export function settingFile(fixed: Setting, params: Setting, remarks: readonly string[]): string {
  const parts = Object.entries({ ...fixed, ...params })
    .filter(([name, value]) => name !== "strategy" && (name in params || name !== "max_tokens" || value !== DEFAULT_MAX_TOKENS))
    .map(([name, value]) => [name, PARAMETERS[name]?.kind === "prompt" ? readPromptText(String(value)) : value]);
  const head = remarks.map((line) => `# ${line.replace(/\s+/g, " ")}\n`).join("");
  return `${head}${stringify(Object.fromEntries(parts), { lineWidth: 0 })}`;
}
