import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

let engine: Engine;
let server: RunningServer;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512, threads: 1 });
  server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

interface Answer {
  choices?: { message?: { content?: string }; text?: string; finish_reason?: string }[];
  error?: { message?: string; param?: string };
}

const post = (path: string, fields: object) => send(path, JSON.stringify({ temperature: 1, seed: 3, max_tokens: 200, ...fields }));

async function send(path: string, body: string) {
  const response = await fetch(`${server.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return { status: response.status, relaxed: response.headers.get("x-llmops-relaxed-schema"), body: (await response.json()) as Answer };
}

const chat = (fields: object) =>
  post("/v1/chat/completions", { messages: [{ role: "user", content: "What is the capital of France?" }], ...fields });
const text = (fields: object) => post("/v1/completions", { prompt: "The capital of France is", ...fields });

const schema = {
  type: "object",
  properties: {
    city: { type: "string", pattern: "^[A-Z][a-z]{2,9}$" },
    size: { type: "integer", minimum: 1, maximum: 99 },
    note: { anyOf: [{ type: "string", maxLength: 12 }, { type: "null" }], default: null },
  },
  required: ["city", "size"],
  additionalProperties: false,
};

describe("structured output", () => {
  it.each([
    ["response_format", { response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema } } }],
    ["json_object with a schema", { response_format: { type: "json_object", schema } }],
    ["json_schema", { json_schema: schema }],
    ["guided_json", { guided_json: JSON.stringify(schema) }],
    ["structured_outputs", { structured_outputs: { json: schema } }],
  ])("follows an everyday schema by %s, in chats and texts", async (_name, fields) => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const answer of [await chat(fields), await text(fields)]) {
      const [choice] = answer.body.choices ?? [];
      expect([answer.status, answer.relaxed, choice?.finish_reason]).toEqual([200, null, "stop"]);
      const value: unknown = JSON.parse(choice?.message?.content ?? choice?.text ?? "");
      expect([value, validate(value)]).toEqual([value, true]);
    }
  });

  it.each([
    ["guided_regex", { guided_regex: "\\d{3}-(?:yes|no)" }, /^\d{3}-(?:yes|no)$/],
    ["guided_choice", { guided_choice: ["Paris", "Rome", "Par"] }, /^(?:Paris|Rome|Par)$/],
    ["grammar", { grammar: 'root ::= "<" [a-z]{2,4} ">"' }, /^<[a-z]{2,4}>$/],
    ["structured_outputs", { structured_outputs: { regex: "[ab]{5}" } }, /^[ab]{5}$/],
  ])("follows %s to the end", async (_name, fields, right) => {
    for (const answer of [await chat(fields), await text(fields)]) {
      const [choice] = answer.body.choices ?? [];
      expect([answer.status, choice?.finish_reason]).toEqual([200, "stop"]);
      expect(choice?.message?.content ?? choice?.text).toMatch(right);
    }
  });

  it("names in a header what an answer is not held to, and refuses it where strict", async () => {
    const unique = { type: "object", properties: { tags: { type: "array", items: { enum: ["a", "b"] }, maxItems: 2, uniqueItems: true } } };
    const relaxed = await chat({ response_format: { type: "json_schema", json_schema: { schema: unique } } });
    expect([relaxed.status, relaxed.relaxed]).toEqual([200, "/properties/tags/uniqueItems"]);
    const strict = await chat({ response_format: { type: "json_schema", json_schema: { schema: unique, strict: true } } });
    expect([strict.status, strict.body.error?.param]).toEqual([400, "response_format"]);
    expect(strict.body.error?.message).toContain("/properties/tags/uniqueItems");
  });

  it.each([
    ["grammar", { grammar: "root ::= missing" }, "missing"],
    ["guided_regex", { guided_regex: "(a" }, "without its )"],
    ["guided_json", { guided_json: { type: "object", properties: { a: { type: "nonsense" } } } }, "/properties/a/type"],
    ["guided_choice", { guided_choice: ["a"], guided_regex: "a" }, "two formats"],
    ["grammar", { grammar: 'root ::= "\ud800"' }, "half a character"],
    ["json_schema", { json_schema: 3 }, "json_schema: a JSON schema is an object, true or false."],
    ["guided_json", { guided_json: "3" }, "a JSON schema is an object, or its text"],
  ])("refuses what is wrong, naming %s", async (field, fields, message) => {
    const { status, body } = await chat(fields);
    expect([status, body.error?.param]).toEqual([400, field]);
    expect(body.error?.message).toContain(message);
  });
});

it("takes a schema that allows anything", async () => {
  const answer = await chat({ json_schema: {} });
  expect([answer.status, answer.relaxed]).toEqual([200, null]);
});

it.each([
  ["a small body", ""],
  ["a large body", " ".repeat(100_000)],
])("says which name of a member is not taken, in %s", async (_name, more) => {
  const body = `{"messages": [{"role": "user", "content": "Hi${more}"}], "json_schema": {"properties": {"__proto__": {"type": "null"}}}}`;
  const { status, body: answer } = await send("/v1/chat/completions", body);
  expect([status, answer.error?.message]).toEqual([400, expect.stringContaining("a member named __proto__")]);
});

const messages = [{ role: "user", content: "What is the capital of France?" }];
/** How the routes ask for a schema; `strict` where they can ask for it. */
const DIALECTS: [path: string, ask: (schema: unknown, strict?: boolean) => object, canBeStrict: boolean][] = [
  [
    "/v1/chat/completions",
    (schema, strict) => ({ messages, response_format: { type: "json_schema", json_schema: { name: "a", schema, strict } } }),
    true,
  ],
  [
    "/v1/completions",
    (schema, strict) => ({ prompt: "Paris", response_format: { type: "json_schema", json_schema: { name: "a", schema, strict } } }),
    true,
  ],
  [
    "/v1/responses",
    (schema, strict) => ({
      input: "Paris?",
      max_tokens: undefined,
      seed: undefined,
      text: { format: { type: "json_schema", name: "a", schema, strict } },
    }),
    true,
  ],
  [
    "/v1/messages",
    (schema) => ({ model: "demo", messages, seed: undefined, output_config: { format: { type: "json_schema", schema } } }),
    false,
  ],
  ["/api/chat", (schema) => ({ messages, stream: false, format: schema, ...OLLAMA }), false],
  ["/api/generate", (schema) => ({ prompt: "Paris?", stream: false, format: schema, ...OLLAMA }), false],
  ["/completion", (schema) => ({ prompt: "Paris", json_schema: schema }), false],
];
const OLLAMA = { options: { num_predict: 200, seed: 3 }, model: "demo", max_tokens: undefined, seed: undefined, temperature: undefined };

describe.each(DIALECTS)("a schema by %s", (path, ask, canBeStrict) => {
  const unique = { type: "object", properties: { tags: { type: "array", items: { enum: ["a", "b"] }, maxItems: 2, uniqueItems: true } } };

  it("is named in a header where it is relaxed, and refused where it is strict", async () => {
    const relaxed = await post(path, ask(unique));
    expect([relaxed.status, relaxed.relaxed]).toEqual([200, "/properties/tags/uniqueItems"]);
    if (!canBeStrict) return;
    const strict = await post(path, ask(unique, true));
    expect([strict.status, JSON.stringify(strict.body)]).toEqual([400, expect.stringContaining("/properties/tags/uniqueItems")]);
  });

  it("may be true, and is refused where it is wrong or false", async () => {
    expect([(await post(path, ask(true))).status, (await post(path, ask({ enum: ["a"] }))).relaxed]).toEqual([200, null]);
    for (const wrong of [false, { type: "object", properties: { a: { type: "nonsense" } } }]) {
      const refused = await post(path, ask(wrong));
      const problem = wrong === false ? "no value can satisfy it" : "/properties/a/type";
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining(problem)]);
    }
  });
});

describe("a strict tool by any route", () => {
  const parameters = { type: "object", properties: { a: { type: "array", items: { enum: [1, 2] }, uniqueItems: true } } };
  it.each<[path: string, fields: object]>([
    [
      "/v1/chat/completions",
      { messages, tool_choice: "required", tools: [{ type: "function", function: { name: "f", parameters, strict: true } }] },
    ],
    [
      "/v1/responses",
      {
        input: "Hi",
        max_tokens: undefined,
        seed: undefined,
        tool_choice: "required",
        tools: [{ type: "function", name: "f", parameters, strict: true }],
      },
    ],
    [
      "/v1/messages",
      {
        model: "demo",
        messages,
        seed: undefined,
        tool_choice: { type: "any" },
        tools: [{ name: "f", input_schema: parameters, strict: true }],
      },
    ],
  ])("is refused by name where its arguments cannot be held: %s", async (path, fields) => {
    const { status, body } = await post(path, fields);
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining("/properties/a/uniqueItems")]);
  });
});

describe("what no code that recurses can follow", () => {
  const deep = "[".repeat(5000) + "]".repeat(5000);

  it("stays text where it is the arguments of an earlier call", async () => {
    const call = { id: "1", type: "function", function: { name: "f", arguments: deep } };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, tool_calls: [call] },
    ];
    const { status, body } = await post("/v1/chat/completions", { messages, max_tokens: 1 });
    expect([status, body.error?.message]).toEqual([400, expect.stringContaining("context")]);
  });

  it("is refused where it is the text of a schema", async () => {
    const { status } = await post("/v1/chat/completions", { messages: [{ role: "user", content: "Hi" }], guided_json: `{"a":${deep}}` });
    expect(status).toBe(400);
  });

  it("half a character in the name of a relaxed place is told as one that is not known", async () => {
    const schema = {
      type: "object",
      properties: { "\ud800": { type: "array", uniqueItems: true, items: { type: "integer" }, maxItems: 2 } },
    };
    expect(await chat({ guided_json: schema })).toMatchObject({
      status: 200,
      relaxed: expect.stringContaining("%EF%BF%BD/uniqueItems") as string,
    });
  });
});
