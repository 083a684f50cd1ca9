import type { ServerResponse } from "node:http";
import { ask, type AskLimits } from "../../src/lib/inference/gateway/ask.js";
import type { ChatRequest } from "../../src/lib/inference/openai/completion.js";
import { EndpointTarget, type EndpointOptions } from "../../src/lib/inference/openai/endpoint-target.js";
import { fakeUpstream, type SeenRequest } from "./fake-upstream.js";

/** What is asked where nothing else is said. */
export const question: ChatRequest = { messages: [{ role: "user", content: "Capital of France?" }], temperature: 0, maxTokens: 5 };

interface Asking {
  request?: ChatRequest;
  limits?: Partial<AskLimits>;
  options?: Partial<EndpointOptions>;
  signal?: AbortSignal;
}

/** Something to ask, and how often an endpoint that answers by `handler` was asked. */
export async function asking(
  handler: (request: SeenRequest, response: ServerResponse, n: number) => void | Promise<void>,
  { request = question, limits = {}, options = {}, signal = new AbortController().signal }: Asking = {},
) {
  let calls = 0;
  const upstream = await fakeUpstream((seen, response) => handler(seen, response, calls++));
  const target = await EndpointTarget.connect({ url: upstream.url, model: "m", ...options });
  const run = () => ask(request, { target, timeoutMs: 5000, retries: 0, ...limits, signal });
  return { run, target, seen: upstream.seen, calls: () => calls };
}

/** Streams events, and text as it is. */
export function sendEvents(response: ServerResponse, events: readonly (object | string)[], { end = true } = {}): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`);
  if (end) response.end();
}
