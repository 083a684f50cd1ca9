import type { JsonCallStyle } from "./call-json.js";
import { has, type Family } from "./family.js";

const OPENAI = { name: "name", arguments: "arguments" };

function json(style: Partial<JsonCallStyle> & Pick<JsonCallStyle, "open" | "close" | "several">): JsonCallStyle {
  return { kind: "json", members: OPENAI, ...style };
}

const COHERE = json({
  open: ["<|START_ACTION|>"],
  close: "<|END_ACTION|>",
  members: { name: "tool_name", arguments: "parameters", id: "tool_call_id", idFirst: true },
  several: "list",
  layout: ["", "\n"],
});
const COHERE_WRAPPERS = ["<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>", "<|END_ACTION|>"];

/** Families whose calls are JSON objects, in the order they are looked for: Hermes' mark is part of others'. */
export const JSON_FAMILIES: readonly Family[] = [
  {
    name: "mistral-list",
    models: "Mistral 7B v0.3, Nemo, Mixtral",
    matches: has("[TOOL_CALLS]"),
    calls: json({ open: ["[TOOL_CALLS]"], close: "", several: "list", members: { ...OPENAI, id: "id" } }),
    ids: "mistral",
  },
  {
    name: "cohere",
    models: "Command R7B, Command A",
    matches: has("<|START_ACTION|>"),
    calls: COHERE,
    wrappers: COHERE_WRAPPERS,
  },
  {
    name: "command-r",
    models: "Command R, R+",
    matches: has("Action:", "```json", "tool_name"),
    calls: json({
      open: ["Action:\n```json", "Action: ```json"],
      close: "```",
      members: { name: "tool_name", arguments: "parameters" },
      several: "list",
      layout: ["\n", "\n"],
    }),
  },
  {
    name: "apertus",
    models: "Apertus",
    matches: has("<|tools_prefix|>"),
    calls: json({ open: ["<|tools_prefix|>"], close: "<|tools_suffix|>", several: "list", nameIsKey: true }),
    thoughts: [{ open: "<|inner_prefix|>", close: "<|inner_suffix|>" }],
  },
  {
    name: "nemotron-v2",
    models: "Nemotron Nano 2",
    matches: has("<TOOLCALL>"),
    calls: json({ open: ["<TOOLCALL>"], close: "</TOOLCALL>", several: "list" }),
  },
  {
    name: "minimax-m1",
    models: "MiniMax M1",
    matches: has("<tool_calls></tool_calls>", "<beginning_of_sentence>"),
    calls: json({ open: ["<tool_calls>"], close: "</tool_calls>", several: "lines", layout: ["\n", "\n"] }),
  },
  {
    name: "apriel",
    models: "Apriel",
    matches: has("<tool_calls>["),
    calls: json({ open: ["<tool_calls>"], close: "</tool_calls>", several: "list" }),
    wrappers: ["[END FINAL RESPONSE]"],
  },
  {
    name: "granite",
    models: "Granite 3",
    matches: has("<|tool_call|>", "<|start_of_role|>"),
    calls: json({ open: ["<|tool_call|>"], close: "", several: "list" }),
    wrappers: ["<response>", "</response>"],
  },
  {
    name: "phi-4",
    models: "Phi-4 mini",
    matches: (template) => /<\|tool\|>|<\|tool_call\|>/.test(template),
    calls: json({ open: ["<|tool_call|>", "functools"], close: "<|/tool_call|>", several: "list" }),
  },
  {
    name: "firefunction",
    models: "FireFunction 2",
    matches: has("functools["),
    calls: json({ open: [" functools", "functools"], close: "", several: "list" }),
  },
  {
    name: "gigachat-3.1",
    models: "GigaChat 3.1",
    matches: has("<|function_call|>"),
    calls: json({ open: ["<|function_call|>"], close: "", several: "marks" }),
  },
  {
    name: "gigachat",
    models: "GigaChat 3",
    matches: has("<|role_sep|>", "<|message_sep|>"),
    calls: json({ open: ["<|message_sep|>\n\nfunction call<|role_sep|>"], close: "", several: "marks", layout: ["\n", ""] }),
  },
  {
    name: "hermes",
    models: "Hermes, Qwen 2.5 and 3, QwQ, Granite 4, Bielik, MiMo, Reka",
    matches: has("<tool_call>"),
    calls: json({ open: ["<tool_call>"], close: "</tool_call>", several: "marks", layout: ["\n", "\n"] }),
  },
  {
    name: "llama-3",
    models: "Llama 3.1 to 3.3, Llama 4",
    matches: (template) => /"parameters":\s*dictionary/.test(template),
    calls: json({
      open: ["", "<|python_tag|>", "<|python_start|>"],
      close: "",
      members: { name: "name", arguments: "parameters" },
      several: "semicolons",
    }),
  },
];

/** What is asked of models without a format of their own: {"tool_calls": [{"name": ..., "arguments": {...}}]}. */
export const GENERIC_CALLS: JsonCallStyle = json({ open: ['{"tool_calls":'], close: "}", several: "list" });
