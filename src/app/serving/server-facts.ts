import type { Settings } from "../../lib/base/config/settings.js";
import type { ThreadState } from "../../lib/inference/engine/step-threads.js";
import type { RequestDefaults } from "../../lib/serving/server/request-defaults.js";
import type { ServedModel } from "../../lib/serving/server/served-model.js";
import type { Service } from "../../lib/serving/server/service.js";
import { planProviders } from "./build-providers.js";

/** What a server answers with. */
export interface ServerFacts {
  /** The default model, where one runs in this process. */
  readonly model: { name: string; location: string; slots: number; contextSize: number; gpu: string; threads: ThreadState } | undefined;
  /** Further models and adapters that are loaded when they are asked for. */
  readonly furtherModels: readonly string[];
  /** Who is asked, in order: without URLs, the models of this process. Empty where a recording answers. */
  readonly providers: readonly { name: string; urls: readonly string[] }[];
  /** What requests get that do not say themselves. */
  readonly requestDefaults: RequestDefaults;
  /** Clients have to send an API key. */
  readonly needsKey: boolean;
}

/** What a service that is ready answers with. */
export function describeServer(service: Service, settings: Settings): ServerFacts {
  const { local, pool, requestDefaults, keys } = service;
  const isReplay = settings["server.replay"] !== undefined;
  return {
    model: local && describeModel(local),
    furtherModels: (pool?.models ?? []).slice(1).map(({ source }) => source.id),
    providers: isReplay ? [] : planProviders(settings).links.map(({ name, urls }) => ({ name, urls })),
    requestDefaults,
    needsKey: keys?.areNeeded ?? false,
  };
}

function describeModel({ model, location, state }: ServedModel): ServerFacts["model"] {
  const { slots, contextSize, gpu, threads } = state;
  return { name: model, location, slots, contextSize, gpu, threads };
}
