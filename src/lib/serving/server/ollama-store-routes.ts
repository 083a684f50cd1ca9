import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { OLLAMA_ERRORS } from "./ollama-facts-routes.js";
import type { RouteTable } from "./route-table.js";

/** What Ollama does with its store of models, which a server of given models has none of. */
const OF_A_STORE = [
  ...(["pull", "push", "create", "copy"].map((name) => ({ method: "POST", path: `/api/${name}` })) as { method: "POST"; path: string }[]),
  { method: "DELETE", path: "/api/delete" } as const,
];

/** What Ollama answers there; nothing here does. */
const statusSchema = z.object({ status: z.string() });

/** The refusal of Ollama's routes that manage its models. */
export function addRefusedStore(routes: RouteTable): void {
  for (const { method, path } of OF_A_STORE) {
    const refused = { path, summary: "Refused: the server's operator chooses its models", answer: statusSchema };
    routes.add({ methods: [method], scope: "infer", ...refused, errors: ["UNSUPPORTED_PARAMETER"] }, () => refuse(path), OLLAMA_ERRORS);
  }
}

function refuse(path: string): never {
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not manage models: ${path} is not supported.`, {
    hint: "Its models are chosen at startup: llmops models pull NAME, then llmops serve --model NAME=FILE.",
  });
}
