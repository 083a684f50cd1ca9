import { servingDefaults, type ServingDefaults } from "../../lib/base/config/serving.js";
import type { Settings } from "../../lib/base/config/settings.js";
import type { RequestDefaults } from "../../lib/serving/server/request-defaults.js";
import { readPromptText } from "../../lib/experiments/study/prompt-template.js";
import type { Deadlines } from "../../lib/inference/openai/deadlines.js";

/** The defaults of requests with their texts read. Throws INVALID_ARGUMENT for a file that cannot be read. */
export function toRequestDefaults(settings: Settings): RequestDefaults {
  const withText = ({ system, ...values }: ServingDefaults) => ({
    ...values,
    ...(system !== undefined && { system: readPromptText(String(system)) }),
  });
  const models = Object.entries(settings["serving.models"]).map(([name, values]) => [name, withText(values)] as const);
  return { all: withText(servingDefaults(settings)), models: Object.fromEntries(models) };
}

/** How long requests may take, in milliseconds. */
export function toDeadlines(settings: Settings): Deadlines {
  const toMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);
  return {
    totalMs: settings["server.timeout"] * 1000,
    firstTokenMs: toMs(settings["server.first_token_timeout"]),
    stallMs: toMs(settings["server.stall_timeout"]),
  };
}
