import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { invalid } from "../mlflow-error.js";
import { addRoutes } from "./api.js";
import { text } from "./descriptions/fields.js";
import { Fields, isObject } from "./fields.js";
import { Playground, type PlaygroundOptions } from "./playground.js";
import { routeConfig } from "./route-config.js";

const PATH = "/llmops/1/playground/chat";

const DESCRIPTIONS = {
  "GET llmops/1/playground": {
    summary: "Read which endpoints the operator lets the playground ask, with their models",
    answer: z.object({
      endpoints: z.array(
        z.object({
          id: z.string().describe("What the endpoint is asked by."),
          url: z.string(),
          models: z.array(z.string()),
          error: z.string().nullable().describe("Why its models are not known."),
        }),
      ),
    }),
  },
};

/** Adds what the playground asks: endpoints, and streamed chat completions of them. Requests go to endpoints by id, never by URL. */
export function addPlayground(app: FastifyInstance, options: PlaygroundOptions): void {
  const playground = new Playground(options);
  addRoutes(app, { "GET llmops/1/playground": async () => ({ endpoints: await playground.endpoints() }) }, DESCRIPTIONS);
  const config = routeConfig({
    ...{ methods: ["POST"], path: `/api${PATH}`, scope: "token", media: ["text/event-stream"] },
    summary: "Ask an endpoint of the playground for a chat completion, streamed as it streams it",
    body: z.object({
      endpoint: text("The endpoint's id."),
      request: z.looseObject({}).describe("A request of OpenAI's chat completions; it is always streamed."),
    }),
    errors: [
      "RESOURCE_DOES_NOT_EXIST",
      "NOT_FOUND",
      "PERMISSION_DENIED",
      "REQUEST_LIMIT_EXCEEDED",
      "RESOURCE_EXHAUSTED",
      "TEMPORARILY_UNAVAILABLE",
    ],
  });
  for (const prefix of ["/api", "/ajax-api"]) {
    app.post(prefix + PATH, { config }, async (request, reply) => {
      const fields = new Fields(isObject(request.body) ? request.body : {});
      const asked = fields.json("request");
      if (!isObject(asked)) throw invalid("Invalid value for parameter 'request' supplied: it must be an object.");
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const events = await playground.chat(fields.requiredText("endpoint"), asked, gone.signal);
      events.on("error", () => undefined); // a client that left, or an endpoint that broke off: the stream ends
      return reply.type("text/event-stream; charset=utf-8").header("cache-control", "no-store").send(events);
    });
  }
}
