import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { readCassette } from "../../lib/inference/cassette/cassette-file.js";
import { ReplayProvider } from "../../lib/inference/cassette/replay-provider.js";
import type { Provider } from "../../lib/inference/gateway/call.js";
import type { OwnModel } from "../../lib/serving/server/own-models.js";
import { buildProvider, planProviders, type ProviderContext } from "./build-providers.js";

/** Who answers, and whether a model of this process is among them. */
export interface AnswerPlan {
  ownModel: OwnModel;
  open(context: ProviderContext): Promise<Provider>;
}

/** Who answers: a recording, or the providers of the settings. Throws CONFIG_INVALID. */
export function planAnswers(settings: Settings): AnswerPlan {
  const replay = settings["server.replay"];
  if (replay !== undefined) {
    const atOnce = settings["server.replay_speed"] === "fast";
    return { ownModel: "none", open: async () => new ReplayProvider(replay, await readCassette(replay), { atOnce }) };
  }
  const plan = planProviders(settings);
  if (settings["cache.routes"].length > 0 && plan.links.every(({ urls }) => urls.length === 0)) {
    throw new LlmopsError("CONFIG_INVALID", "--cache-route forwards routes to an upstream, but no upstream is configured.", {
      hint: "Name one with --upstream URL.",
    });
  }
  const ownModel = !plan.needsModel ? "none" : plan.links.length === 1 ? "awaited" : "optional";
  return { ownModel, open: async (context) => buildProvider(plan, context) };
}
