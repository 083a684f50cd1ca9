import { JSON_FAMILIES } from "./families-json.js";
import { NAMED_FAMILIES } from "./families-named.js";
import { TAGGED_FAMILIES } from "./families-tagged.js";
import { has, type Family } from "./family.js";

/** Families that write values in a way of their own. */
const OTHER_FAMILIES: readonly Family[] = [
  {
    name: "gemma",
    models: "Gemma 4",
    matches: has("<|tool_call>call:"),
    calls: { kind: "gemma", open: "<|tool_call>", close: "<tool_call|>", quote: '<|"|>' },
    thoughts: [{ open: "<|channel>thought", close: "<channel|>" }],
    wrappers: ["<|channel>", "<channel|>"],
  },
  {
    name: "function-gemma",
    models: "FunctionGemma",
    matches: has("<start_function_call>"),
    calls: { kind: "gemma", open: "<start_function_call>", close: "<end_function_call>", quote: "<escape>" },
  },
  {
    name: "lfm2",
    models: "LFM2, LFM2.5",
    matches: (template) => /<\|tool_call_start\|>|<\|tool_list_start\|>|List of tools: \[/.test(template),
    calls: { kind: "pythonic", open: ["<|tool_call_start|>"], close: "<|tool_call_end|>" },
  },
  {
    name: "llama-pythonic",
    models: "Llama 4 with calls as in Python",
    matches: (template) => /\[func_name1?\(params_name1=/.test(template),
    calls: { kind: "pythonic", open: ["", "<|python_start|>"], close: "<|python_end|>" },
  },
];

/** All families, in the order they are looked for: what is particular comes before what many templates have. */
export const FAMILIES: readonly Family[] = [...NAMED_FAMILIES, ...TAGGED_FAMILIES, ...OTHER_FAMILIES, ...JSON_FAMILIES];
