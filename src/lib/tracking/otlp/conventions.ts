import { parseExactJson } from "../../base/slices/exact-json.js";
import type { OtlpAttributes, OtlpValue } from "./otlp-span.js";
import { toUsage, type TokenUsage } from "./token-usage.js";

/** What MLflow's attributes of a span are called. */
export const MLFLOW = {
  type: "mlflow.spanType",
  inputs: "mlflow.spanInputs",
  outputs: "mlflow.spanOutputs",
  usage: "mlflow.chat.tokenUsage",
  traceId: "mlflow.traceRequestId",
} as const;

/**
 * What other instrumentations call the same: OpenTelemetry's GenAI conventions (opentelemetry.io/docs/specs/semconv/gen-ai), OpenInference
 * (Arize), and OpenLLMetry (Traceloop).
 */
const INPUTS = ["gen_ai.input.messages", "gen_ai.tool.call.arguments", "gen_ai.prompt", "input.value", "traceloop.entity.input"];
const OUTPUTS = ["gen_ai.output.messages", "gen_ai.tool.call.result", "gen_ai.completion", "output.value", "traceloop.entity.output"];
const INPUT_TOKENS = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"];
const OUTPUT_TOKENS = ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"];
const TOTAL_TOKENS = ["llm.usage.total_tokens", "llm.token_count.total"];

const TYPES: Record<string, Record<string, string>> = {
  "gen_ai.operation.name": {
    ...{ chat: "CHAT_MODEL", text_completion: "LLM", generate_content: "LLM", embeddings: "EMBEDDING" },
    ...{ execute_tool: "TOOL", create_agent: "AGENT", invoke_agent: "AGENT", retrieval: "RETRIEVER" },
  },
  "openinference.span.kind": {
    ...{ LLM: "CHAT_MODEL", CHAIN: "CHAIN", RETRIEVER: "RETRIEVER", RERANKER: "RERANKER", EMBEDDING: "EMBEDDING" },
    ...{ TOOL: "TOOL", AGENT: "AGENT", GUARDRAIL: "GUARDRAIL", EVALUATOR: "EVALUATOR" },
  },
  "traceloop.span.kind": { workflow: "CHAIN", task: "CHAIN", agent: "AGENT", tool: "TOOL" },
};

/** MLflow's attributes of a span that has them under other names; those that are MLflow's already are left out. */
export function mlflowAttributes(attributes: OtlpAttributes): OtlpAttributes {
  const found: OtlpAttributes = {};
  const take = (name: string, value: OtlpValue | undefined) => {
    if (attributes[name] === undefined && value !== undefined) found[name] = value;
  };
  take(MLFLOW.type, typeOf(attributes));
  take(MLFLOW.inputs, parsed(firstOf(attributes, INPUTS)));
  take(MLFLOW.outputs, parsed(firstOf(attributes, OUTPUTS)));
  take(MLFLOW.usage, usageOf(attributes) as Record<string, number> | undefined);
  return found;
}

/** The tokens of a span, if it says any. */
export function usageOf(attributes: OtlpAttributes): TokenUsage | undefined {
  const own = parsed(attributes[MLFLOW.usage]);
  const count = (names: readonly string[], name: string) => {
    const value = Number((isObject(own) ? own[name] : firstOf(attributes, names)) ?? NaN);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const [input, output] = [count(INPUT_TOKENS, "input_tokens"), count(OUTPUT_TOKENS, "output_tokens")];
  if (input === undefined && output === undefined) return undefined;
  return toUsage(input, output, count(TOTAL_TOKENS, "total_tokens"));
}

function typeOf(attributes: OtlpAttributes): string | undefined {
  for (const [name, types] of Object.entries(TYPES)) {
    const kind = attributes[name];
    if (typeof kind === "string" && Object.hasOwn(types, kind)) return types[kind];
  }
  return undefined;
}

function firstOf(attributes: OtlpAttributes, names: readonly string[]): OtlpValue | undefined {
  return names.map((name) => attributes[name]).find((value) => value !== undefined && value !== null);
}

/** Messages travel as JSON in a text. */
function parsed(value: OtlpValue | undefined): OtlpValue | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseExactJson(value) as OtlpValue;
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is OtlpAttributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
