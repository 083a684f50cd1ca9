import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { refused } from "../../inference/openai/other-fields.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { deletedResponseSchema, itemListSchema, responseSchema } from "../dialects/responses/answer-schemas.js";
import type { KeptResponse, KeptResponses } from "../dialects/responses/kept-responses.js";
import { pageOf } from "../dialects/responses/page.js";
import { callerOf } from "./caller.js";
import type { RouteTable } from "./route-table.js";

const kept = { scope: "infer", errors: ["RESPONSE_NOT_FOUND"] } as const;
const readSchema = z.object({ stream: refused(["false"], "Leave it out: the response is returned whole.") });
const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().optional().describe("The id of the item before the first."),
});

/** GET and DELETE of a response that is kept, and the items of its input; what cancels one is refused: for whoever asked for it, and nobody else. */
export function addKeptResponses(routes: RouteTable, responses: KeptResponses): void {
  const find = (request: FastifyRequest<{ Params: { id: string } }>): KeptResponse => {
    const found = responses.find(callerOf(request).id, request.params.id);
    if (found) return found;
    throw notKept(request.params.id);
  };
  const one = { path: "/v1/responses/:id", aliases: ["/responses/:id"] } as const;
  const read = { ...kept, methods: ["GET"], ...one, summary: "A response that is kept", answer: responseSchema } as const;
  routes.add({ ...read, query: readSchema }, (request) => {
    checkBody(readSchema, request.query);
    return find(request).response;
  });
  const remove = { ...kept, methods: ["DELETE"], ...one, summary: "Forget a response", answer: deletedResponseSchema } as const;
  routes.add(remove, (request) => {
    const { id } = request.params;
    if (!responses.delete(callerOf(request).id, id)) throw notKept(id);
    return { id, object: "response" as const, deleted: true as const };
  });
  const cancel = { path: "/v1/responses/:id/cancel", aliases: ["/responses/:id/cancel"], answer: responseSchema } as const;
  const refusal = { methods: ["POST"], scope: "infer", summary: "Refused: no response is made in the background" } as const;
  routes.add({ ...refusal, ...cancel, errors: ["UNSUPPORTED_PARAMETER"] }, () => {
    throw new LlmopsError("UNSUPPORTED_PARAMETER", "A response cannot be canceled: none is made in the background here.", {
      hint: "Close the connection that a response is read from: that stops it.",
    });
  });
  const items = {
    methods: ["GET"],
    path: "/v1/responses/:id/input_items",
    aliases: ["/responses/:id/input_items"],
    summary: "The items of a response's own input",
  } as const;
  routes.add({ ...kept, ...items, query: pageSchema, answer: itemListSchema }, (request) =>
    pageOf(find(request).input, checkBody(pageSchema, request.query)),
  );
}

function notKept(id: string): LlmopsError {
  return new LlmopsError("RESPONSE_NOT_FOUND", `The response ${JSON.stringify(id.slice(0, 80))} is not kept here.`, {
    hint: "Responses are kept in memory, the latest ones, for the key they were made with, unless they were made with store: false.",
  });
}
