import { onTestFinished } from "vitest";
import type { Call } from "../../src/lib/inference/gateway/call.js";
import type { AppOptions } from "../../src/lib/serving/server/create-app.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { Service } from "../../src/lib/serving/server/service.js";
import type { ServiceParts } from "../../src/lib/serving/server/service-parts.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

/** A chat call as the gateway takes it. */
export function chatCall(body: object, more: Partial<Call> = {}): Call {
  const deadlines = { totalMs: 10_000, firstTokenMs: undefined, stallMs: undefined };
  const whole = { model: "m", messages: [{ role: "user", content: "hi" }], ...body };
  return {
    path: "/v1/chat/completions",
    method: "POST",
    body: whole,
    stream: false,
    includeUsage: false,
    requestId: "r",
    deadlines,
    ...more,
  };
}

/** A server without a model of its own on a free port; closed when the test ends. */
export async function gatewayServer(parts: Partial<ServiceParts>, options: AppOptions = {}): Promise<{ url: string; service: Service }> {
  const service = new Service({ model: "big", models: new OwnModels("big", "none"), ...parts });
  const server = await startServer(service, { host: "127.0.0.1", port: 0, ...options });
  onTestFinished(async () => {
    await server.close();
    await service.provider.close();
  });
  return { url: server.url, service };
}

/** Posts JSON and gives status, headers and body. */
export async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

/** The JSON events of a stream, without [DONE]; that it ended with [DONE]. */
export function readEvents(text: string): { events: Record<string, unknown>[]; done: boolean } {
  const data = text.split("\n\n").flatMap((part) => (part.startsWith("data: ") ? [part.slice(6)] : []));
  return {
    events: data.filter((one) => one !== "[DONE]").map((one) => JSON.parse(one) as Record<string, unknown>),
    done: data.at(-1) === "[DONE]",
  };
}

/** The text of the first choice over all events. */
export function streamedText(text: string): string {
  type Choices = { delta?: { content?: string }; text?: string }[];
  return readEvents(text)
    .events.map((event) => (event["choices"] as Choices | undefined)?.[0])
    .map((choice) => choice?.delta?.content ?? choice?.text ?? "")
    .join("");
}
