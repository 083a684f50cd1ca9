import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { atOnce } from "../../base/slices/slices.js";
import type { ChatMessage, Tool } from "../openai/completion.js";
import { BUILTIN_NAMES, BUILTIN_TEMPLATES } from "./builtin-templates.js";
import type { ChatPrompt } from "./chat-prompt.js";
import { ChatTemplate } from "./chat-template.js";

const tokens = { bosToken: "<s>", eosToken: "</s>" };
const user: ChatMessage = { role: "user", content: "Hi" };
const system: ChatMessage = { role: "system", content: "Be brief." };
const weather: Tool = { name: "weather", description: "It.", parameters: { type: "object" }, strict: false };
const called: ChatMessage = {
  role: "assistant",
  content: "",
  toolCalls: [{ id: "call_1", name: "weather", arguments: '{"city":"Rome"}' }],
};
const result: ChatMessage = { role: "tool", content: "24 degrees", toolCallId: "call_1" };

const TURNS = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[answer]{% endif %}";
const CALLS =
  "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.tool_calls %}{% for c in m.tool_calls %}{{ c.id }}:{{ c.function.name }}" +
  "{{ ARGUMENTS }}{% endfor %}{% endif %}{% if m.tool_call_id %}({{ m.tool_call_id }} {{ m.name }}){% endif %}{% endfor %}{{ tools|tojson }}";

function render(source: string, prompt: ChatPrompt): string {
  return atOnce(atOnce(ChatTemplate.create({ source, ...tokens })).render(prompt));
}

describe("a chat template", () => {
  it("renders messages up to the assistant's turn with the model's own template and tokens", () => {
    const source = `{{ bos_token }}${TURNS}{{ eos_token }}`;
    expect(render(source, { messages: [system, user] })).toBe("<s>[system]Be brief.[user]Hi[answer]</s>");
    expect(render(source, { messages: [user], withoutAnswer: true })).toBe("<s>[user]Hi</s>");
  });

  it("treats developer as system", () => {
    expect(render(TURNS, { messages: [{ role: "developer", content: "A" }, user] })).toBe("[system]A[user]Hi[answer]");
  });

  it("passes on the template's own complaint as the user's error, with a hint only where it fits", async () => {
    const source = `{% if messages[0].role == 'assistant' %}{{ raise_exception('the user begins') }}{% endif %}${TURNS}`;
    const error = await errorOf(() => render(source, { messages: [{ role: "assistant", content: "x" }] }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "messages" });
    expect(error.message).toContain("refuses these messages: the user begins");
    expect(error.hint).toContain("take turns");
    const other = await errorOf(() => render(`{{ raise_exception('not today') }}`, { messages: [user] }));
    expect(other.hint).toBeUndefined();
  });

  it("says that it is the tools that a template refuses", async () => {
    const source = `{% if tools %}{{ raise_exception('tools are not supported') }}{% endif %}${TURNS}`;
    expect(await errorOf(() => render(source, { messages: [user], tools: [weather] }))).toMatchObject({ param: "tools" });
  });

  it.each([
    [
      "refuses it, as Gemma 2 does",
      "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}",
    ],
    ["leaves it out, as early Mistral does", ""],
  ])("puts the system message into the user's turn where the template %s", (_, check) => {
    const turns =
      "{% for m in messages %}{% if m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]{% elif m['role'] == 'assistant' %}{{ m['content'] }}{% endif %}{% endfor %}";
    expect(render(check + turns, { messages: [system, user] })).toBe("[INST] Be brief.\n\nHi [/INST]");
    expect(render(check + turns, { messages: [user] })).toBe("[INST] Hi [/INST]");
  });

  it("puts a later system message into the user's turn where the template takes none there", () => {
    const source = `{% for m in messages[1:] %}{% if m.role == 'system' %}{{ raise_exception('system first') }}{% endif %}{% endfor %}${TURNS}`;
    const messages = [system, user, { role: "assistant", content: "Hello" } as const, { ...system, content: "Be kind." }, user];
    expect(render(source, { messages })).toBe("[system]Be brief.[user]Hi[assistant]Hello[user]Be kind.\n\nHi[answer]");
  });

  it("gives contents as parts where the template shows no others", () => {
    const source = "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %};{% endfor %}";
    expect(render(source, { messages: [system, user] })).toBe("Be brief.;Hi;");
  });

  it.each([
    ["an object", "{{ c.function.arguments|tojson }}", '{"city": "Rome"}'],
    ["text", "{{ c.function.arguments }}", '{"city":"Rome"}'],
  ])("gives arguments of calls as %s where the template wants them so, and results the tool's name", (_, args, shown) => {
    const source = CALLS.replace("{{ ARGUMENTS }}", args);
    const text = render(source, { messages: [user, called, result], tools: [weather] });
    expect(text).toContain(`[assistant]call_1:weather${shown}[tool]24 degrees(call_1 weather)`);
    expect(text).toContain('{"type": "function", "function": {"name": "weather", "description": "It.", "parameters": {"type": "object"}}}');
  });

  it("gives calls ids of nine letters where the template insists on them, the same to call and result", () => {
    const source = `{% for m in messages %}{% for c in m.tool_calls or [] %}{% if c.id|length != 9 %}{{ raise_exception('ids') }}{% endif %}{% endfor %}{% endfor %}${CALLS.replace("{{ ARGUMENTS }}", "{{ c.function.arguments|tojson }}")}`;
    const ids = [...render(source, { messages: [user, called, result], tools: [weather] }).matchAll(/\b[a-f0-9]{9}\b/g)].map(([id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it("tells calls and results in words where the template shows none", () => {
    expect(
      render(TURNS.replace("[{{ m.role }}]", "[{% if m.role == 'tool' %}{{ raise_exception('roles') }}{% endif %}{{ m.role }}]"), {
        messages: [user, called, result, user],
      }),
    ).toBe('[user]Hi[assistant]{"name":"weather","arguments":{"city":"Rome"}}[user]Result of weather:\n24 degrees\n\nHi[answer]');
  });

  it.each(["reasoning_content", "reasoning", "thinking"])("gives thoughts back as %s where the template shows it", (name) => {
    const source = `{% for m in messages %}{% if m.${name} %}<{{ m.${name} }}>{% endif %}{{ m.content }}{% endfor %}`;
    expect(render(source, { messages: [user, { role: "assistant", content: "Hello", thoughts: "They greet." }, user] })).toBe(
      "Hi<They greet.>HelloHi",
    );
  });

  it("ends with the message that is to be continued", () => {
    const begun: ChatMessage = { role: "assistant", content: "The sea " };
    expect(render(TURNS, { messages: [user, begun], continuesLast: true })).toBe("[user]Hi[assistant]The sea ");
    const trimming = TURNS.replace("m.content", "m.content|trim");
    expect(render(trimming, { messages: [user, begun], continuesLast: true })).toBe("[user]Hi[assistant]The sea");
  });

  it("refuses to continue a message that the template leaves out", async () => {
    const messages: ChatMessage[] = [user, { role: "assistant", content: "The sea" }];
    const source = "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}";
    expect(await errorOf(() => render(source, { messages, continuesLast: true }))).toMatchObject({ param: "continue_final_message" });
  });

  it("has the variables it is given, and documents", () => {
    const source = "{{ enable_thinking }} {{ documents|length if documents }} {% for m in messages %}{{ m.content }}{% endfor %}";
    expect(render(source, { messages: [user], variables: { enable_thinking: false }, documents: [{ text: "a" }] })).toBe("False 1 Hi");
  });

  it("prints the time it is given as today", () => {
    const clock = () => new Date(2026, 0, 2);
    const template = atOnce(ChatTemplate.create({ source: "{{ strftime_now('%d %B %Y') }}", ...tokens, clock }));
    expect(atOnce(template.render({ messages: [user] }))).toBe("02 January 2026");
  });

  it.each([
    ["{% if not date_string is defined %}{% set date_string = '26 Jul 2024' %}{% endif %}{{ date_string }}", "02 Jan 2026"],
    ["{{ datetime }}", "Jan 02 2026"],
  ])("gives today's date to a template that asks for it: %s", (source, expected) => {
    const template = atOnce(ChatTemplate.create({ source, ...tokens, clock: () => new Date(2026, 0, 2) }));
    expect(atOnce(template.render({ messages: [user] }))).toBe(expected);
    expect(atOnce(template.render({ messages: [user], variables: { date_string: "1 May", datetime: "1 May" } }))).toBe("1 May");
  });

  it("gives tools as JSON to a template that reads them as functions", () => {
    const source = "{{ 'Functions: ' + functions }}{% for m in messages %}{{ m.content }}{% endfor %}";
    const given = render(source, { messages: [user], tools: [weather] });
    expect(JSON.parse(given.slice("Functions: ".length, -2))).toMatchObject([{ type: "function", function: { name: "weather" } }]);
    expect(render(source, { messages: [user] })).toBe("Functions: Hi");
  });

  it("refuses a model whose template is broken", async () => {
    expect((await errorOf(() => atOnce(ChatTemplate.create({ source: "{% if %}", ...tokens })))).code).toBe("MODEL_INVALID");
  });
});

describe("reasoning_effort", () => {
  const asked = { messages: [user] };

  it.each([
    ["reasoning_effort", "low", "low"],
    ["reasoning_effort", "none", "none"],
    ["enable_thinking", "high", "True"],
    ["enable_thinking", "none", "False"],
    ["thinking", "none", "False"],
    ["thinking_mode", "medium", "enabled"],
    ["thinking_budget", "low", "1024"],
  ])("becomes %s where the template reads that: %s", (variable, reasoningEffort, shown) => {
    expect(render(`{{ messages[0].content }} {{ ${variable} }}`, { ...asked, reasoningEffort })).toBe(`Hi ${shown}`);
  });

  it("is refused where the template has nothing to tell it with, unless the model is not to think", async () => {
    expect(await errorOf(() => render(TURNS, { ...asked, reasoningEffort: "high" }))).toMatchObject({
      code: "UNSUPPORTED_PARAMETER",
      param: "reasoning_effort",
    });
    expect(render(TURNS, { ...asked, reasoningEffort: "none" })).toBe("[user]Hi[answer]");
  });

  it("does not count a variable that the template sets itself", async () => {
    const source = `{% set thinking = true %}{{ thinking }}${TURNS}`;
    expect((await errorOf(() => render(source, { ...asked, reasoningEffort: "high" }))).code).toBe("UNSUPPORTED_PARAMETER");
  });
});

describe("a built-in template", () => {
  it.each(BUILTIN_NAMES)("%s renders a conversation with everything that is said in it", (name) => {
    const messages: ChatMessage[] = [system, user, { role: "assistant", content: "Hello." }, { role: "user", content: "And a lake?" }];
    const text = render(BUILTIN_TEMPLATES[name], { messages });
    const places = ["Be brief.", "Hi", "Hello.", "And a lake?"].map((said) => text.indexOf(said));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});
