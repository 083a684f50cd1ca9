import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { atOnce } from "../../src/lib/base/slices/slices.js";

import type { Limits } from "../../src/lib/inference/chat/jinja/budget.js";
import { ChatTemplate } from "../../src/lib/inference/chat/chat-template.js";
import { JinjaTemplate } from "../../src/lib/inference/chat/jinja/template.js";
import { TemplateError } from "../../src/lib/inference/chat/jinja/values.js";

import type { ChatMessage, Tool } from "../../src/lib/inference/openai/completion.js";
import { llamaTemplates } from "../helpers/llama-templates.js";
import { lacks } from "../helpers/tools.js";

const FIXTURES = new URL("../fixtures/templates/", import.meta.url);

interface Case {
  of?: string;
  messages: object[];
  tools?: boolean;
  generate?: boolean;
  variables?: Record<string, unknown>;
}

interface Cases {
  tokens: { bos_token: string; eos_token: string };
  now: [number, number, number, number, number, number];
  tools: object[];
  cases: Record<string, Case>;
}

/** What the reference renderer makes of a case: a text's characters and the beginning of its SHA-256, the template's refusal, or a failure. */
type Reference = [length: number, hash: string] | { refused: string } | { failed: string };
type References = Record<string, Record<string, Reference> & { template: string }>;

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"));
}

const { tokens, now, tools, cases } = read("cases.json") as Cases;
const references = read("reference.json") as References & { renderer: string };
const names = Object.keys(references).filter((name) => name !== "renderer");
const [year, month, ...rest] = now;
const clock = () => new Date(year, month - 1, ...rest);

function caseOf(name: string): Case {
  const found = cases[name] as Case;
  return found.of === undefined ? found : { ...caseOf(found.of), ...found };
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function outcome(render: () => string): Reference {
  try {
    const text = render();
    return [Array.from(text).length, sha(text)];
  } catch (error) {
    return error instanceof TemplateError && error.raised ? { refused: error.message } : { failed: String(error) };
  }
}

/** How a failure is said is Python's own; that it fails is not. */
function comparable(reference: Reference): Reference | "failed" {
  return "failed" in reference ? "failed" : reference;
}

describe.skipIf(lacks("git"))("chat templates of real models", () => {
  let sources: Map<string, string>;

  beforeAll(() => {
    sources = llamaTemplates();
  });

  it("are those that the reference was recorded of", () => {
    expect(Object.fromEntries(Array.from(sources, ([name, source]) => [name, sha(source)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, references[name]?.template])),
    );
  });

  it.each(names)("%s renders every case as the reference renderer does", (name) => {
    const template = new JinjaTemplate(sources.get(name) ?? "");
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const one of Object.keys(cases)) {
      const { messages, generate = true, variables = {}, ...given } = caseOf(one);
      const all = {
        messages,
        tools: given.tools ? tools : null,
        documents: null,
        add_generation_prompt: generate,
        ...tokens,
        ...variables,
      };
      found[one] = comparable(outcome(() => atOnce(template.render(all, clock))));
      expected[one] = comparable(references[name]?.[one] as Reference);
    }
    expect(found).toEqual(expected);
  });

  it.each(names)("%s renders 200 messages and 128 tools with a fifth of the work and bytes that it may use", (name) => {
    const limits: Limits = { work: 800_000, stretch: 100_000, bytes: 6_400_000 };
    const turn = (i: number) => [
      { role: "user", content: `${i}. What about this? `.repeat(20) },
      { role: "assistant", content: "It is fine. ".repeat(30) },
    ];
    const given = {
      ...{ documents: null, add_generation_prompt: true, ...tokens },
      messages: Array.from({ length: 100 }, (_, i) => turn(i)).flat(),
      tools: Array.from({ length: 128 }, (_, i) => tools[i % tools.length]),
    };
    const error = outcome(() => atOnce(new JinjaTemplate(sources.get(name) ?? "").render(given, clock, limits)));
    expect(JSON.stringify(error)).not.toMatch(/more than/);
  });

  it.each(names)("%s shows calls and results of a request, results to its own role where it has one", (name) => {
    const template = atOnce(ChatTemplate.create({ source: sources.get(name) ?? "", bosToken: "<s>", eosToken: "</s>" }));
    const tool: Tool = { name: "weather", description: "It.", parameters: { type: "object", properties: {} }, strict: false };
    const messages: ChatMessage[] = [
      { role: "user", content: "How is it?" },
      { role: "assistant", content: "", toolCalls: [{ id: "call00001", name: "weather", arguments: '{"city":"Rome-1"}' }] },
      { role: "tool", content: "sunny-1", toolCallId: "call00001" },
    ];
    const text = atOnce(template.render({ messages, tools: template.traits.tools ? [tool] : [] }));
    expect(text).toContain("Rome-1");
    expect(text).toContain("sunny-1");
    const { calls, results, tools: showsTools } = template.traits;
    if (calls === undefined) expect(text.includes("Result of weather:")).toBe(!(results && showsTools));
  });
});
