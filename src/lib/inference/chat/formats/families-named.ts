import type { NamedCallStyle } from "./call-named.js";
import { has, type Family } from "./family.js";

function named(style: Partial<NamedCallStyle> & Pick<NamedCallStyle, "open" | "beforeArguments">): NamedCallStyle {
  return { kind: "named", section: ["", ""], close: [], ...style };
}

const DEEPSEEK_SECTION = ["<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"] as const;

/** Families whose calls are a name and then a JSON object. */
export const NAMED_FAMILIES: readonly Family[] = [
  {
    name: "harmony",
    models: "gpt-oss",
    matches: has("<|channel|>", "<|message|>"),
    layout: "channels",
    calls: named({
      open: "<|start|>assistant<|channel|>commentary to=functions.",
      beforeArguments: [" <|constrain|>json<|message|>"],
      // what closes a call ends the answer
    }),
    thoughts: [{ open: "<|channel|>analysis<|message|>", close: "<|end|>" }],
    wrappers: ["<|start|>", "<|channel|>", "<|constrain|>", "<|message|>", "<|end|>", "<|call|>", "<|return|>"],
  },
  {
    name: "functionary-v3.2",
    models: "Functionary 3.2",
    matches: has(">>>all"),
    layout: "chevrons",
    calls: named({ open: ">>>", beforeArguments: ["\n"] }),
  },
  {
    name: "functionary-v3.1",
    models: "Functionary 3.1",
    matches: (template) => /<function=(?:example_function_name|\{start_tag|' \+)/.test(template) && !template.includes("<parameter="),
    calls: named({ open: "<function=", beforeArguments: [">"], close: ["</function>"] }),
  },
  {
    name: "kimi-k2",
    models: "Kimi K2, K2 Thinking",
    matches: has("<|tool_calls_section_begin|>", "<|tool_call_begin|>"),
    calls: named({
      section: ["<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"],
      open: "<|tool_call_begin|>",
      beforeArguments: ["<|tool_call_argument_begin|>"],
      close: ["<|tool_call_end|>"],
      id: "name",
    }),
    ids: "kimi",
    callEndsThought: true,
    wrappers: ["<|tool_calls_section_end|>"],
  },
  {
    name: "deepseek-r1",
    models: "DeepSeek V3, R1 and its distilled models",
    matches: has("<｜tool▁call▁begin｜>", "```json"),
    calls: named({
      section: DEEPSEEK_SECTION,
      open: "<｜tool▁call▁begin｜>",
      prefix: "function<｜tool▁sep｜>",
      beforeArguments: ["\n```json\n"],
      close: ["\n```<｜tool▁call▁end｜>", "```<｜tool▁call▁end｜>", "<｜tool▁call▁end｜>"],
      between: "\n",
    }),
    wrappers: ["<｜tool▁calls▁end｜>"],
  },
  {
    name: "deepseek-v3.1",
    models: "DeepSeek V3.1",
    matches: has("<｜tool▁call▁begin｜>"),
    calls: named({
      section: DEEPSEEK_SECTION,
      open: "<｜tool▁call▁begin｜>",
      beforeArguments: ["<｜tool▁sep｜>"],
      close: ["<｜tool▁call▁end｜>"],
    }),
    wrappers: ["<｜tool▁calls▁end｜>"],
  },
  {
    name: "mistral",
    models: "Mistral Small 3.2, Devstral, Magistral, Ministral 3",
    matches: has("[TOOL_CALLS]", "[ARGS]"),
    calls: named({ open: "[TOOL_CALLS]", beforeArguments: ["[ARGS]"], id: { after: "[CALL_ID]" } }),
    ids: "mistral",
  },
  {
    name: "solar",
    models: "Solar Open",
    matches: has("<|tool_call:begin|>"),
    calls: named({
      section: ["<|tool_calls|>", "<|calls|>"],
      open: "<|tool_call:begin|>",
      beforeArguments: ["<|tool_call:args|>"],
      close: ["<|tool_call:end|>"],
      id: { before: "<|tool_call:name|>" },
    }),
    thoughts: [{ open: "<|think|>", close: "<|end|>" }],
    wrappers: ["<|begin|>assistant", "<|content|>", "<|end|>"],
  },
];
