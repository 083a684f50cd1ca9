import { formatSize } from "../inference/models/format-size.js";
import type { ModelDescription } from "../inference/models/describe-model.js";
import { broken, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** A model file at a glance: what it is, how its weights are kept, what it needs. */
export function renderModel(model: ModelDescription, screen: Screen): string {
  const facts: [string, string][] = [
    ["file", `${model.path}, ${formatSize(model.size_bytes)}`],
    ...(model.name === null ? [] : [["name", model.name] as [string, string]]),
    [
      "architecture",
      `${model.architecture}, ${model.layers} layers of ${model.width}, ${model.heads} heads (${model.kv_heads} for keys and values)`,
    ],
    ["parameters", model.parameters.toLocaleString("en")],
    ["weights", `${model.quantization}, ${model.bits_per_weight.toFixed(2)} bits each`],
    ["context", `${model.context_length.toLocaleString("en")} tokens`],
    ["vocabulary", `${model.vocabulary.toLocaleString("en")} tokens${model.tokenizer === null ? "" : `, ${model.tokenizer}`}`],
    ["chat template", model.chat_template ? "yes" : "none: chats are refused, plain prompts are completed"],
    ...(model.licence === null ? [] : [["licence", model.licence] as [string, string]]),
  ];
  const tensors = model.tensors.map(({ type, count, size_bytes: bytes }) => [type, String(count), formatSize(bytes)]);
  const memory = model.memory.map(({ slots, context, weights, cache, compute, total }) => [
    `${slots} x ${context.toLocaleString("en")}`,
    ...[weights, cache, compute, total].map(formatSize),
  ]);
  return [
    plainTable(["model", broken("", 0)], facts, screen),
    plainTable(["tensors", "number", "size"], tensors, screen),
    plainTable([broken("memory: slots x context"), "weights", "context", "compute", whole("together", 0)], memory, screen),
  ].join("\n");
}
