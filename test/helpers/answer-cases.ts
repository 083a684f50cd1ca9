import type { Tool } from "../../src/lib/inference/openai/completion.js";

/** An answer as a model writes it, and what is read of it. */
export interface AnswerCase {
  /** The chat template it belongs to, by its name among llama.cpp's. */
  template: string;
  /** The answer; the prompt ended in a thought where it begins with what `inThought` says. */
  text: string;
  inThought?: true;
  content?: string;
  reasoning?: string;
  calls?: readonly (readonly [name: string, json: string, id?: string])[];
}

export const CASE_TOOLS: Tool[] = [
  {
    name: "add",
    parameters: { type: "object", properties: { a: { type: "integer" }, b: { type: "number" } }, required: ["a"] },
    strict: false,
  },
  {
    name: "weather",
    description: "The weather in a city.",
    parameters: { type: "object", properties: { city: { type: "string" }, metric: { type: "boolean" } }, required: ["city"] },
    strict: false,
  },
  {
    name: "note",
    parameters: {
      type: "object",
      properties: {
        text: { type: "string" },
        tags: { type: "array", items: { type: "string" } },
        meta: { type: "object", properties: { level: { type: "integer" } } },
        due: { type: ["string", "null"] },
      },
    },
    strict: false,
  },
  { name: "ping", parameters: { type: "object", properties: {} }, strict: false },
];

const ADD = ["add", '{"a":1}'] as const;
const PARIS = ["weather", '{"city":"Paris"}'] as const;
const SUM = ["add", '{"a":1,"b":2.5}'] as const;
const HI = "Hello, you!\nHow are you?";
const IDEA = "Let me\nthink";

const qwenXml = (name: string, ...values: [key: string, value: string][]) =>
  `<tool_call>\n<function=${name}>\n${values.map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`).join("")}</function>\n</tool_call>`;
const dsml = (section: string, ...calls: string[]) => `<｜DSML｜${section}>\n${calls.join("\n")}\n</｜DSML｜${section}>`;
const dsmlCall = (name: string, ...values: [key: string, isString: boolean, value: string][]) =>
  `<｜DSML｜invoke name="${name}">\n${values
    .map(([key, isString, value]) => `<｜DSML｜parameter name="${key}" string="${String(isString)}">${value}</｜DSML｜parameter>\n`)
    .join("")}</｜DSML｜invoke>`;
const kimi = (...calls: [id: string, json: string][]) =>
  `<|tool_calls_section_begin|>${calls.map(([id, json]) => `<|tool_call_begin|>${id}<|tool_call_argument_begin|>${json}<|tool_call_end|>`).join("")}<|tool_calls_section_end|>`;
const hy3 = (name: string, key: string, value: string) =>
  `<tool_call:opensource>${name}<tool_sep:opensource>\n<arg_key:opensource>${key}</arg_key:opensource>\n<arg_value:opensource>${value}</arg_value:opensource>\n</tool_call:opensource>\n`;

/** Well-formed answers of every family. */
export const ANSWER_CASES: readonly AnswerCase[] = [
  // Hermes and Qwen: JSON between marks
  { template: "Qwen-Qwen2.5-7B-Instruct", text: HI, content: HI },
  { template: "Qwen-Qwen2.5-7B-Instruct", text: '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>', calls: [ADD] },
  {
    template: "Qwen-Qwen2.5-7B-Instruct",
    text: 'I look.\n<tool_call>\n{"name": "add", "arguments": {"a": 1, "b": 2.5}}\n</tool_call>\n<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>',
    content: "I look.\n",
    calls: [SUM, PARIS],
  },
  {
    template: "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    text: '<tool_call>{"arguments": {"a": 1}, "name": "add"}</tool_call>',
    calls: [ADD],
  },
  { template: "Qwen-Qwen3-0.6B", text: `<think>\n${IDEA}\n</think>\n\n${HI}`, reasoning: IDEA, content: HI },
  {
    template: "Qwen-Qwen3-0.6B",
    text: `<think>\nA <tool_call> comes.\n</think>\n\n<tool_call>\n{"name": "ping", "arguments": {}}\n</tool_call>`,
    reasoning: "A <tool_call> comes.",
    calls: [["ping", "{}"]],
  },
  { template: "Qwen-Qwen3-0.6B", text: `<think>\n\n</think>\n\n${HI}`, content: HI },
  { template: "Qwen-QwQ-32B", text: `${IDEA}\n</think>\n${HI}`, inThought: true, reasoning: IDEA, content: HI },
  { template: "Reka-Edge", text: `${IDEA}\n</think>\n\n${HI}`, inThought: true, reasoning: IDEA, content: HI },
  { template: "Bielik-11B-v3.0-Instruct", text: '\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>', calls: [ADD] },
  { template: "ibm-granite-granite-4.0", text: '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>', calls: [ADD] },
  // Qwen3-Coder, Qwen3.5, Nemotron 3, Step 3.5: function and parameter tags
  { template: "Qwen3-Coder", text: qwenXml("add", ["a", "1"]), calls: [ADD] },
  { template: "Qwen3-Coder", text: `${qwenXml("weather", ["city", "Paris"])}\n${qwenXml("add", ["a", "1"])}`, calls: [PARIS, ADD] },
  {
    template: "Qwen3-Coder",
    text: qwenXml("note", ["text", 'def f():\n    return "</p>"\n'], ["tags", '["a", "b"]'], ["meta", '{"level": 3}'], ["due", "null"]),
    calls: [["note", '{"text":"def f():\\n    return \\"</p>\\"\\n","tags":["a","b"],"meta":{"level":3},"due":null}']],
  },
  {
    template: "Qwen3-Coder",
    text: qwenXml("weather", ["city", "123"], ["metric", "True"]),
    calls: [["weather", '{"city":"123","metric":true}']],
  },
  { template: "Qwen3-Coder", text: qwenXml("ping"), calls: [["ping", "{}"]] },
  { template: "Qwen3.5-4B", text: `${IDEA}\n</think>\n\n${qwenXml("add", ["a", "1"])}`, inThought: true, reasoning: IDEA, calls: [ADD] },
  { template: "Qwen3.5-4B", text: `${IDEA}\n${qwenXml("add", ["a", "1"])}`, inThought: true, reasoning: IDEA, calls: [ADD] },
  {
    template: "Qwen3.5-4B",
    text: `</think>\n\nLooking.\n${qwenXml("ping")}`,
    inThought: true,
    content: "Looking.\n",
    calls: [["ping", "{}"]],
  },
  {
    template: "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
    text: `${IDEA}\n</think>\n${qwenXml("add", ["a", "1"])}\n`,
    inThought: true,
    reasoning: IDEA,
    calls: [ADD],
  },
  { template: "StepFun3.5-Flash", text: `${IDEA}\n</think>\n${HI}`, inThought: true, reasoning: IDEA, content: HI },
  // Seed-OSS
  { template: "ByteDance-Seed-OSS", text: `<seed:think>${IDEA}</seed:think>\n${HI}`, reasoning: IDEA, content: HI },
  {
    template: "ByteDance-Seed-OSS",
    text: "<seed:tool_call>\n<function=weather>\n<parameter=city>Paris\n</parameter>\n</function>\n</seed:tool_call>",
    calls: [["weather", '{"city":"Paris\\n"}']],
  },
  // MiniMax
  {
    template: "MiniMax-M2",
    text: `${IDEA}\n</think>\n\n<minimax:tool_call>\n<invoke name="add">\n<parameter name="a">1</parameter>\n</invoke>\n<invoke name="ping">\n</invoke>\n</minimax:tool_call>`,
    inThought: true,
    reasoning: IDEA,
    calls: [ADD, ["ping", "{}"]],
  },
  {
    template: "MiniMax-M3",
    text: `<mm:think>${IDEA}</mm:think>]<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="weather">]<]minimax[>[<city>Paris]<]minimax[>[</city>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>`,
    reasoning: IDEA,
    calls: [PARIS],
  },
  { template: "MiniMax-M3", text: `</mm:think>${HI}`, content: HI },
  {
    template: "MiniMax-M1",
    text: '<tool_calls>\n{"name": "add", "arguments": {"a": 1}}\n{"name": "ping", "arguments": {}}\n</tool_calls>',
    calls: [ADD, ["ping", "{}"]],
  },
  // GLM and its kin
  { template: "GLM-4.6", text: "<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>", calls: [ADD] },
  { template: "GLM-4.6", text: `\n<think>${IDEA}</think>\n${HI}`, reasoning: IDEA, content: HI },
  {
    template: "GLM-4.7-Flash",
    text: `${IDEA}</think><tool_call>add<arg_key>a</arg_key><arg_value>1</arg_value><arg_key>b</arg_key><arg_value>2.5</arg_value></tool_call><tool_call>ping</tool_call>`,
    inThought: true,
    reasoning: IDEA,
    calls: [SUM, ["ping", "{}"]],
  },
  {
    template: "Spark2.5",
    text: "Up.<tool_call>weather<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call>",
    content: "Up.",
    calls: [PARIS],
  },
  {
    template: "inclusionai-ling-3.0-flash",
    text: "</think>\n<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>a </think> and a <tool_call></arg_value>\n</tool_call>",
    inThought: true,
    calls: [["weather", '{"city":"a </think> and a <tool_call>"}']],
  },
  { template: "poolside-Laguna-XS.2", text: `</think>\n${HI}</assistant>`, content: HI },
  {
    template: "poolside-Laguna-S-2.1",
    text: `${IDEA}</think><tool_call>add<arg_key>a</arg_key><arg_value>1</arg_value></tool_call></assistant>`,
    inThought: true,
    reasoning: IDEA,
    calls: [ADD],
  },
  {
    template: "tencent-Hy3",
    text: `<think:opensource>${IDEA}</think:opensource><tool_calls:opensource>\n${hy3("add", "a", "1")}${hy3("weather", "city", "Paris")}</tool_calls:opensource>`,
    reasoning: IDEA,
    calls: [ADD, PARIS],
  },
  // DeepSeek
  {
    template: "llama-cpp-deepseek-r1",
    text: '</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{"a": 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>ping\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    inThought: true,
    calls: [ADD, ["ping", "{}"]],
  },
  { template: "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", text: `${IDEA}</think>${HI}`, inThought: true, reasoning: IDEA, content: HI },
  {
    template: "deepseek-ai-DeepSeek-V3.1",
    text: `${IDEA}</think>Looking.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{"a": 1}<｜tool▁call▁end｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    inThought: true,
    reasoning: IDEA,
    content: "Looking.",
    calls: [ADD, PARIS],
  },
  {
    template: "deepseek-ai-DeepSeek-V3.2",
    text: `${IDEA}</think>\n\n${dsml("function_calls", dsmlCall("add", ["a", false, "1"]), dsmlCall("weather", ["city", true, "Paris"]))}`,
    inThought: true,
    reasoning: IDEA,
    calls: [ADD, PARIS],
  },
  {
    template: "deepseek-ai-DeepSeek-V4",
    text: `${IDEA}\n\n${dsml("tool_calls", dsmlCall("note", ["text", true, "42"], ["due", false, "null"]))}`,
    inThought: true,
    reasoning: IDEA,
    calls: [["note", '{"text":"42","due":null}']],
  },
  // Kimi
  {
    template: "moonshotai-Kimi-K2",
    text: `${HI}${kimi(["functions.add:0", '{"a": 1}'])}`,
    content: HI,
    calls: [["add", '{"a":1}', "functions.add:0"]],
  },
  {
    template: "Kimi-K2-Thinking",
    text: `<think>${IDEA}${kimi(["functions.add:0", '{"a": 1}'], ["functions.ping:1", "{}"])}`,
    reasoning: IDEA,
    calls: [
      ["add", '{"a":1}', "functions.add:0"],
      ["ping", "{}", "functions.ping:1"],
    ],
  },
  {
    template: "Kimi-K2-Instruct",
    text: '<|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{"a": 1}',
    calls: [["add", '{"a":1}', "functions.add:0"]],
  },
  {
    template: "Kimi-K3",
    text: `${IDEA}<|close|>think<|sep|><|open|>response<|sep|>On it.<|close|>response<|sep|><|open|>tools<|sep|><|open|>call tool="note" index="1"<|sep|><|open|>argument key="text" type="string"<|sep|>print('a')<|close|>argument<|sep|><|open|>argument key="meta" type="object"<|sep|>{"level": 1}<|close|>argument<|sep|><|close|>call<|sep|><|open|>call tool="ping" index="2"<|sep|><|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|>`,
    inThought: true,
    reasoning: IDEA,
    content: "On it.",
    calls: [
      ["note", `{"text":"print('a')","meta":{"level":1}}`],
      ["ping", "{}"],
    ],
  },
  // Mistral
  {
    template: "mistralai-Mistral-Nemo-Instruct-2407",
    text: '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}, "id": "123456789"}]',
    calls: [ADD],
  },
  {
    template: "mistralai-Mistral-Nemo-Instruct-2407",
    text: '[TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}}, {"name": "weather", "arguments": {"city": "Paris"}}]',
    calls: [ADD, PARIS],
  },
  {
    template: "Mistral-Small-3.2-24B-Instruct-2506",
    text: '[TOOL_CALLS]add[CALL_ID]000000001[ARGS]{"a": 1}[TOOL_CALLS]ping[CALL_ID]000000002[ARGS]{}',
    calls: [
      ["add", '{"a":1}', "000000001"],
      ["ping", "{}", "000000002"],
    ],
  },
  { template: "unsloth-mistral-Devstral-Small-2507", text: `${HI}[TOOL_CALLS]add[ARGS]{"a": 1}`, content: HI, calls: [ADD] },
  {
    template: "mistralai-Ministral-3-14B-Reasoning-2512",
    text: `[THINK]${IDEA} [TOOL_CALLS]add[ARGS]{"a":2}[/THINK][TOOL_CALLS]add[ARGS]{"a": 1}`,
    reasoning: `${IDEA} [TOOL_CALLS]add[ARGS]{"a":2}`,
    calls: [ADD],
  },
  { template: "mistralai-Ministral-3-14B-Reasoning-2512", text: `[THINK]${IDEA}[/THINK]${HI}`, reasoning: IDEA, content: HI },
  // gpt-oss
  {
    template: "openai-gpt-oss-120b",
    text: `<|channel|>analysis<|message|>${IDEA}<|end|><|start|>assistant<|channel|>final<|message|>${HI}`,
    reasoning: IDEA,
    content: HI,
  },
  {
    template: "openai-gpt-oss-120b",
    text: `<|channel|>analysis<|message|>${IDEA}<|end|><|start|>assistant<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 1}`,
    reasoning: IDEA,
    calls: [ADD],
  },
  {
    template: "openai-gpt-oss-120b",
    text: ' to=functions.add<|channel|>commentary <|constrain|>json<|message|>{"a": 1}<|call|>',
    calls: [ADD],
  },
  { template: "openai-gpt-oss-120b", text: '<|channel|>analysis to=functions.add<|message|>{"a": 1}', calls: [ADD] },
  {
    template: "openai-gpt-oss-120b",
    text: `<|channel|>commentary to=assistant<|channel|>analysis<|message|>${IDEA}<|end|><|start|>assistant<|channel|>final<|message|>${HI}`,
    reasoning: IDEA,
    content: HI,
  },
  {
    template: "muse-glimmer",
    text: ` to=self<|message|>${IDEA}<|eom|><|start|>assistant to=user<|message|>Wait.<|eom|><|start|>assistant to=add<|message|><atem:function_calls>\n<atem:invoke name="add">\n<atem:parameter name="a">1</atem:parameter>\n</atem:invoke>\n</atem:function_calls>`,
    reasoning: IDEA,
    content: "Wait.",
    calls: [ADD],
  },
  // Functionary
  {
    template: "meetkai-functionary-medium-v3.1",
    text: '<function=add>{"a": 1}</function><function=ping>{}</function>',
    calls: [ADD, ["ping", "{}"]],
  },
  { template: "meetkai-functionary-medium-v3.2", text: `all\n${HI}>>>add\n{"a": 1}`, content: HI, calls: [ADD] },
  { template: "meetkai-functionary-medium-v3.2", text: 'weather\n{"city": "Paris"}>>>ping\n{}', calls: [PARIS, ["ping", "{}"]] },
  // Gemma
  { template: "google-gemma-4-31B-it", text: `<|channel>thought\n${IDEA}<channel|>${HI}`, reasoning: IDEA, content: HI },
  { template: "google-gemma-4-31B-it", text: '<|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>', calls: [PARIS] },
  {
    template: "google-gemma-4-31B-it",
    text: '<|channel>thought\n<channel|><|tool_call>call:note{text:<|"|>a "b"<|"|>,tags:[<|"|>x<|"|>,<|"|>y<|"|>],meta:{level:-3,wide:true}}<tool_call|><|tool_call>call:ping{}<tool_call|>',
    calls: [
      ["note", '{"text":"a \\"b\\"","tags":["x","y"],"meta":{"level":-3,"wide":true}}'],
      ["ping", "{}"],
    ],
  },
  { template: "google-gemma-4-31B-it-interleaved", text: `<|channel>thought\n<channel|>${HI}<channel|>`, content: HI },
  // pythonic
  {
    template: "LFM2-8B-A1B",
    text: `Up.<|tool_call_start|>[add(a=1, b=2.5), weather(city="Paris")]<|tool_call_end|>`,
    content: "Up.",
    calls: [SUM, PARIS],
  },
  {
    template: "LFM2.5-8B-A1B",
    text: `<think>${IDEA}</think><|tool_call_start|>[note(text='it\\'s "so"\\n', tags=["a"], meta={'wide': True, 'none': None}), ping()]<|tool_call_end|>`,
    reasoning: IDEA,
    calls: [
      ["note", '{"text":"it\'s \\"so\\"\\n","tags":["a"],"meta":{"wide":true,"none":null}}'],
      ["ping", "{}"],
    ],
  },
  { template: "LFM2.5-Instruct", text: "A [link](https://x.org) and add(a=1).", content: "A [link](https://x.org) and add(a=1)." },
  // Solar, Cohere, Apertus and others
  {
    template: "upstage-Solar-Open-100B",
    text: `<|think|>${IDEA}<|end|><|begin|>assistant<|content|>${HI}<|end|>`,
    reasoning: IDEA,
    content: HI,
  },
  {
    template: "upstage-Solar-Open-100B",
    text: '<|tool_calls|><|tool_call:begin|>c1<|tool_call:name|>add<|tool_call:args|>{"a": 1}<|tool_call:end|><|calls|>',
    calls: [["add", '{"a":1}', "c1"]],
  },
  {
    template: "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
    text: `<|START_THINKING|>${IDEA}<|END_THINKING|><|START_RESPONSE|>${HI}<|END_RESPONSE|>`,
    reasoning: IDEA,
    content: HI,
  },
  {
    template: "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
    text: `<|START_THINKING|>${IDEA}<|END_THINKING|><|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "add", "parameters": {"a": 1}},\n    {"tool_call_id": "1", "tool_name": "ping", "parameters": {}}\n]<|END_ACTION|>`,
    reasoning: IDEA,
    calls: [ADD, ["ping", "{}"]],
  },
  { template: "Cohere2MoE", text: `${IDEA}<|END_THINKING|><|START_TEXT|>${HI}<|END_TEXT|>`, inThought: true, reasoning: IDEA, content: HI },
  {
    template: "CohereForAI-c4ai-command-r-plus-tool_use",
    text: 'Action:\n```json\n[\n    {\n        "tool_name": "add",\n        "parameters": {"a": 1}\n    }\n]\n```',
    calls: [ADD],
  },
  {
    template: "Apertus-8B-Instruct",
    text: '<|tools_prefix|>[{"add": {"a": 1}}, {"ping": {}}]<|tools_suffix|>',
    calls: [ADD, ["ping", "{}"]],
  },
  { template: "Apertus-8B-Instruct", text: `<|inner_prefix|>${IDEA}<|inner_suffix|>${HI}`, reasoning: IDEA, content: HI },
  {
    template: "NVIDIA-Nemotron-Nano-v2",
    text: `${IDEA}\n</think>\n\n<TOOLCALL>[{"name": "add", "arguments": {"a": 1}}]</TOOLCALL>\n`,
    inThought: true,
    reasoning: IDEA,
    calls: [ADD],
  },
  { template: "unsloth-Apriel-1.5", text: '<tool_calls>[{"name": "add", "arguments": {"a": 1}}]</tool_calls>', calls: [ADD] },
  {
    template: "Apriel-1.6-15b-Thinker-fixed",
    text: `${IDEA}\n[BEGIN FINAL RESPONSE]\n${HI}`,
    inThought: true,
    reasoning: IDEA,
    content: HI,
  },
  { template: "ibm-granite-granite-3.3-2B-Instruct", text: `<think>${IDEA}</think>${HI}`, reasoning: IDEA, content: HI },
  { template: "ibm-granite-granite-3.3-2B-Instruct", text: '<|tool_call|>[{"name": "add", "arguments": {"a": 1}}]', calls: [ADD] },
  { template: "fireworks-ai-llama-3-firefunction-v2", text: ' functools[{"name": "add", "arguments": {"a": 1}}]', calls: [ADD] },
  {
    template: "GigaChat3-10B-A1.8B",
    text: `${HI}<|message_sep|>\n\nfunction call<|role_sep|>\n{"name": "add", "arguments": {"a": 1}}`,
    content: HI,
    calls: [ADD],
  },
  { template: "GigaChat3.1-10B-A1.8B", text: '<|function_call|>{"name": "add", "arguments": {"a": 1}}', calls: [ADD] },
  {
    template: "openbmb-MiniCPM5-1B",
    text: `${IDEA}</think><function name="weather"><param name="city"><![CDATA[<b>Paris</b> </param>]]></param></function>\n<function name="ping"></function>`,
    inThought: true,
    reasoning: IDEA,
    calls: [
      ["weather", '{"city":"<b>Paris</b> </param>"}'],
      ["ping", "{}"],
    ],
  },
  // Llama 3
  { template: "meta-llama-Llama-3.1-8B-Instruct", text: '{"name": "add", "parameters": {"a": 1}}', calls: [ADD] },
  {
    template: "meta-llama-Llama-3.2-3B-Instruct",
    text: '<|python_tag|>{"name": "add", "parameters": {"a": 1}}; {"name": "ping", "parameters": {}}',
    calls: [ADD, ["ping", "{}"]],
  },
  {
    template: "meta-llama-Llama-3.3-70B-Instruct",
    text: '{"type": "function", "function": {"name": "add", "parameters": {"a": 1}}}',
    calls: [ADD],
  },
  { template: "meta-llama-Llama-3.1-8B-Instruct", text: 'I would say {"name": "add"}.', content: 'I would say {"name": "add"}.' },
  // asked for JSON
  {
    template: "google-gemma-2-2b-it",
    text: '{"tool_calls": [{"name": "add", "arguments": {"a": 1}}, {"name": "ping", "arguments": {}}]}',
    calls: [ADD, ["ping", "{}"]],
  },
  { template: "microsoft-Phi-3.5-mini-instruct", text: HI, content: HI },
  { template: "HuggingFaceTB-SmolLM3-3B", text: `<think>\n${IDEA}\n</think>\n${HI}`, reasoning: IDEA, content: HI },
  { template: "llama-cpp-rwkv-world", text: ` <think>${IDEA}</think>${HI}`, reasoning: IDEA, content: HI },
];
