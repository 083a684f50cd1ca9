import type { TaggedCallStyle } from "./call-tagged.js";
import { has, type Family } from "./family.js";

type TaggedParts = Pick<TaggedCallStyle, "section" | "open" | "nameEnd" | "close" | "argument" | "layout">;

function tagged(style: TaggedParts & Partial<TaggedCallStyle>): TaggedCallStyle {
  return { kind: "tagged", sharesSection: false, valueLines: false, ...style };
}

const LINES = { section: "\n", head: "\n", argument: "\n", call: "\n" };
const CLOSE_LINES = { section: "\n", head: "", argument: "", call: "\n" };
const TIGHT = { section: "", head: "", argument: "", call: "" };

/** <tool_call>NAME<arg_key>K</arg_key><arg_value>V</arg_value></tool_call> */
function argumentPairs(line: "\n" | "", tag = (name: string) => name): TaggedCallStyle {
  return tagged({
    section: [`<${tag("tool_call")}>`, `</${tag("tool_call")}>`],
    open: "",
    nameEnd: [line],
    close: "",
    argument: {
      open: `<${tag("arg_key")}>`,
      nameEnd: `</${tag("arg_key")}>${line}<${tag("arg_value")}>`,
      close: `</${tag("arg_value")}>`,
    },
    layout: { section: "", head: "", argument: line, call: "" },
  });
}

function functionTags(section: TaggedCallStyle["section"], valueLines: boolean): TaggedCallStyle {
  return tagged({
    section,
    open: "<function=",
    nameEnd: [">"],
    close: "</function>",
    argument: { open: "<parameter=", nameEnd: ">", close: "</parameter>" },
    layout: LINES,
    valueLines,
  });
}

function dsml(section: string): TaggedCallStyle {
  return tagged({
    section: [`<｜DSML｜${section}>`, `</｜DSML｜${section}>`],
    sharesSection: true,
    open: '<｜DSML｜invoke name="',
    nameEnd: ['">'],
    close: "</｜DSML｜invoke>",
    argument: { open: '<｜DSML｜parameter name="', nameEnd: '">', close: "</｜DSML｜parameter>", typed: "dsml" },
    layout: LINES,
  });
}

const HY3 = (name: string) => `${name}:opensource`;

/** Families whose calls have each argument between tags, in the order they are looked for. */
export const TAGGED_FAMILIES: readonly Family[] = [
  {
    name: "muse",
    models: "Muse",
    matches: has("<atem:function_calls>"),
    layout: "recipients",
    calls: tagged({
      section: ["<atem:function_calls>", "</atem:function_calls>"],
      sharesSection: true,
      open: '<atem:invoke name="',
      nameEnd: ['">'],
      close: "</atem:invoke>",
      argument: { open: '<atem:parameter name="', nameEnd: '">', close: "</atem:parameter>" },
      layout: LINES,
    }),
    thoughts: [{ open: " to=self<|message|>", close: "<|eom|>" }],
    wrappers: ["<|start|>", "<|message|>", "<|eom|>", "<|eot|>"],
  },
  {
    name: "kimi-k3",
    models: "Kimi K3",
    matches: has("<|open|>", "<|close|>", "<|sep|>"),
    calls: tagged({
      section: ["<|open|>tools<|sep|>", "<|close|>tools<|sep|>"],
      sharesSection: true,
      open: '<|open|>call tool="',
      nameEnd: ["<|sep|>"],
      counted: '" index="',
      close: "<|close|>call<|sep|>",
      argument: { open: '<|open|>argument key="', nameEnd: "<|sep|>", close: "<|close|>argument<|sep|>", typed: "kimi" },
      layout: TIGHT,
    }),
    thoughts: [{ open: "<|open|>think<|sep|>", close: "<|close|>think<|sep|>" }],
    answerOpen: "<|open|>response<|sep|>",
    wrappers: ["<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|close|>tools<|sep|>"],
  },
  {
    name: "deepseek-dsml",
    models: "DeepSeek V3.2",
    matches: (template) => /DSML/.test(template) && /function_calls/.test(template),
    calls: dsml("function_calls"),
    callEndsThought: true,
  },
  { name: "deepseek-dsml-v4", models: "DeepSeek V4", matches: has("DSML", "tool_calls"), calls: dsml("tool_calls"), callEndsThought: true },
  {
    name: "minimax-m3",
    models: "MiniMax M3",
    matches: has("]<]minimax[>["),
    calls: tagged({
      section: ["]<]minimax[>[<tool_call>", "]<]minimax[>[</tool_call>"],
      sharesSection: true,
      open: ']<]minimax[>[<invoke name="',
      nameEnd: ['">'],
      close: "]<]minimax[>[</invoke>",
      argument: { open: "]<]minimax[>[<", nameEnd: ">", close: "]<]minimax[>[</%>", repeatsName: true },
      layout: CLOSE_LINES,
    }),
    thoughts: [{ open: "<mm:think>", close: "</mm:think>" }],
  },
  {
    name: "minimax-m2",
    models: "MiniMax M2",
    matches: has("<minimax:tool_call>"),
    calls: tagged({
      section: ["<minimax:tool_call>", "</minimax:tool_call>"],
      sharesSection: true,
      open: '<invoke name="',
      nameEnd: ['">'],
      close: "</invoke>",
      argument: { open: '<parameter name="', nameEnd: '">', close: "</parameter>" },
      layout: LINES,
    }),
  },
  {
    name: "seed-oss",
    models: "Seed-OSS",
    matches: has("<seed:tool_call>"),
    calls: functionTags(["<seed:tool_call>", "</seed:tool_call>"], false),
    thoughts: [{ open: "<seed:think>", close: "</seed:think>" }],
  },
  {
    name: "hunyuan",
    models: "Hunyuan 3",
    matches: has("'<arg_key{}>'", "'<tool_sep{}>'"),
    calls: tagged({
      section: [`<${HY3("tool_calls")}>`, `</${HY3("tool_calls")}>`],
      sharesSection: true,
      open: `<${HY3("tool_call")}>`,
      nameEnd: [`<${HY3("tool_sep")}>`],
      close: `</${HY3("tool_call")}>`,
      argument: {
        open: `<${HY3("arg_key")}>`,
        nameEnd: `</${HY3("arg_key")}>\n<${HY3("arg_value")}>`,
        close: `</${HY3("arg_value")}>`,
      },
      layout: LINES,
    }),
    thoughts: [{ open: `<${HY3("think")}>`, close: `</${HY3("think")}>` }],
  },
  {
    name: "glm-tight",
    models: "GLM 4.7, Spark, Laguna S",
    matches: (template) => template.includes("<arg_key>") && !/<\/arg_key>(?:\\n|\n)/.test(template),
    calls: argumentPairs(""),
    callEndsThought: true,
    wrappers: ["</assistant>", "<|role_end|>"],
  },
  {
    name: "glm",
    models: "GLM 4.5 and 4.6, Ling, Laguna XS",
    matches: has("<arg_key>"),
    calls: argumentPairs("\n"),
    callEndsThought: true,
    wrappers: ["</assistant>", "<|role_end|>"],
  },
  {
    name: "qwen3-coder",
    models: "Qwen3-Coder, Qwen3.5, Nemotron 3, Step 3.5",
    matches: has("<tool_call>", "<function=", "<parameter="),
    calls: functionTags(["<tool_call>", "</tool_call>"], true),
    callEndsThought: true,
  },
  {
    name: "minicpm5",
    models: "MiniCPM 5",
    matches: has('<function name="', '<param name="'),
    calls: tagged({
      section: ["", ""],
      open: '<function name="',
      nameEnd: ['">'],
      close: "</function>",
      argument: { open: '<param name="', nameEnd: '">', close: "</param>" },
      layout: { ...TIGHT, call: "\n" },
      cdata: true,
    }),
  },
];
