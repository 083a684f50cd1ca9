import type { ModelServer } from "../../app/serving/serve.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { counted } from "../../lib/base/errors/counted.js";
import { withoutUrlCredentials } from "../../lib/base/errors/url-credentials.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import { describeThreads } from "../../lib/inference/engine/step-threads.js";
import { describeDefaults } from "../../lib/serving/server/request-defaults.js";

/** What people are told of a server that has started, a line each. */
export function announcement(server: ModelServer, settings: Settings): string[] {
  return [
    ...describeAnswering(server, settings),
    ...describeRequestDefaults(server),
    `Listening on ${server.url}  (OpenAI API: ${server.url}/v1, documentation: ${server.url}/docs)`,
    ...describeExposure(server, settings),
    ...(server.needsKey ? ["Requests need an API key (authorization: Bearer KEY): see llmops keys list and llmops keys revoke."] : []),
  ];
}

/** A request as people may copy it. */
export function exampleRequest({ url, needsKey }: ModelServer): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "Name the capital of France." }] });
  const key = needsKey ? " -H 'authorization: Bearer YOUR_KEY'" : "";
  return `curl ${url}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body}'`;
}

function describeAnswering({ model, furtherModels, providers }: ModelServer, settings: Settings): string[] {
  const replay = settings["server.replay"];
  const order = providers.map(({ name, urls }) =>
    urls.length === 0 ? "the local model" : `${name} (${urls.map(withoutUrlCredentials).join(", ")})`,
  );
  const asked = replay === undefined && order.join() !== "the local model" ? [`Asks ${order.join(", then ")}`] : [];
  if (!model) return [...(replay === undefined ? [] : [`Replaying ${replay}`]), ...asked];
  const { name, location, slots, contextSize, gpu, threads } = model;
  const most = settings["models.cache_size"];
  return [
    `Serving ${name} (${location})`,
    ...(furtherModels.length === 0 ? [] : [`Loaded on request: ${furtherModels.join(", ")} (at most ${most} at a time)`]),
    `${counted(slots, "slot")} of ${contextSize} tokens, ${gpu === "off" ? "CPU" : gpu}, threads: ${describeThreads(threads)}`,
    ...asked,
  ];
}

function describeRequestDefaults({ requestDefaults: { all, models } }: ModelServer): string[] {
  const defaults = describeDefaults(all);
  return [
    ...(defaults === undefined ? [] : [`Request defaults: ${defaults}`]),
    ...Object.entries(models).map(([name, values]) => `Request defaults of ${name}: ${describeDefaults(values) ?? "the same"}`),
  ];
}

function describeExposure({ needsKey }: ModelServer, settings: Settings): string[] {
  const host = settings["server.host"];
  if (isLoopbackHost(host)) return [];
  return [
    ...(settings["security.allowed_hosts"].length === 0
      ? ["Accepts requests under this machine's names and private addresses; add others, such as a proxy's name, with --allowed-hosts."]
      : []),
    ...(needsKey
      ? []
      : [`Warning: no API key is set, so anyone who can reach ${host} can use this model. Create one with llmops keys create NAME.`]),
  ];
}
