import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { errorOf } from "../helpers/error-of.js";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { contextSize: 512, slots: 1, threads: 1 });
});
afterAll(() => engine.close());

/** How often the event loop turns until work is over. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ turns: number; result: T }> {
  let turns = 0;
  let over = false;
  const counted = work.finally(() => (over = true));
  while (!over) {
    await nextTurn();
    turns++;
  }
  return { turns, result: await counted };
}

describe("tokenizing", () => {
  it("of 16,000 messages lets others have their turn, and takes time in proportion", async () => {
    const messages = Array.from({ length: 16_000 }, () => ({ role: "user" as const, content: "hi" }));
    const begun = performance.now();
    const { turns, result } = await turnsDuring(engine.tokenizeRequest({ messages }));
    // in one go it took 57 s, and no turn
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(result.length).toBeGreaterThan(16_000 * 5);
    expect(turns).toBeGreaterThan(50);
  }, 60_000);

  it.each(["a", " ", "\n", "word ", "法国", "9", "<|im_end|>"])("of 200,000 characters of %j lets others have their turn", async (part) => {
    const { turns } = await turnsDuring(engine.tokenize(part.repeat(200_000 / part.length), { special: true }));
    expect(turns).toBeGreaterThan(3);
  });

  it("refuses a prompt that surely exceeds the context before it is tokenized", async () => {
    const content = "a b ".repeat(500_000);
    const { turns, result } = await turnsDuring(
      errorOf(() => engine.tokenizeRequest({ messages: [{ role: "user", content }] }, { fits: true })),
    );
    expect(result.code).toBe("CONTEXT_LENGTH_EXCEEDED");
    expect(result.message).toContain("at least");
    expect(turns).toBeLessThan(5000);
  });

  it("in pieces gives the tokens of the whole", async () => {
    const parts = [
      "The sea",
      " is blue",
      ".",
      "\n",
      "\n\n",
      "  ",
      "1,200.5",
      "don't",
      "É",
      "法国。",
      "🙂",
      "<|im_start|>",
      "x_y",
      "'",
      '{"a":1}',
    ];
    const texts = fc.array(fc.constantFrom(...parts), { minLength: 1500, maxLength: 3000 }).map((some) => some.join(""));
    const { model } = (engine as unknown as { loaded: { model: { tokenize: (text: string, special: boolean) => number[] } } }).loaded;
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (text, special) => {
        expect(await engine.tokenize(text, { special })).toEqual(Array.from(model.tokenize(text, special), Number));
      }),
      { numRuns: Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? 10) },
    );
  }, 120_000);
});

describe("bodies that would take long to read", () => {
  const many = <T>(count: number, one: (index: number) => T) => Array.from({ length: count }, (_, index) => one(index));
  const chat = (more: object) => ({ messages: [{ role: "user", content: "hi" }], ...more });
  const schemaChat = (schema: object) =>
    JSON.stringify(chat({ max_tokens: 2, response_format: { type: "json_schema", json_schema: { name: "a", schema } } }));
  const deep = (count: number) => `{"input":${"[".repeat(count)}${"]".repeat(count)}}`;
  const refused: [name: string, path: string, body: string, status: number, words: string][] = [
    ["deep JSON in a chat", "/v1/chat/completions", deep(3000), 400, "The JSON is 3001 lists and objects deep, and at most 128 are taken."],
    ["deep JSON in embeddings", "/v1/embeddings", deep(100_000), 400, "at most 128"],
    ["many members", "/v1/embeddings", JSON.stringify(Object.fromEntries(many(60_000, (i) => [`k${i}`, 0]))), 413, "at most 100000"],
    [
      "logit_bias",
      "/v1/chat/completions",
      JSON.stringify(chat({ logit_bias: Object.fromEntries(many(2000, (i) => [i, 0])) })),
      400,
      "logit_bias: 2000 tokens",
    ],
    ["stop texts", "/v1/completions", JSON.stringify({ prompt: "a", stop: many(20_000, String) }), 400, "stop: 20000 texts"],
    [
      "a long stop text",
      "/v1/completions",
      JSON.stringify({ prompt: "a", stop: "x".repeat(100_000) }),
      400,
      "stop: 100000 characters in one text",
    ],
    [
      "messages",
      "/tokenize",
      JSON.stringify({ messages: many(2001, () => ({ role: "user", content: "a" })) }),
      400,
      "messages: 2001 messages",
    ],
    [
      "a schema in a circle",
      "/v1/chat/completions",
      schemaChat({ $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }),
      400,
      "no value can satisfy it",
    ],
    ["a schema with a large enum", "/v1/chat/completions", schemaChat({ enum: many(60_000, String) }), 400, "more than 20000"],
    [
      "a schema of many combinations",
      "/v1/chat/completions",
      schemaChat({ allOf: many(12, (i) => ({ anyOf: [{ minLength: i }, { maxLength: 90 - i }] })) }),
      400,
      "combinations",
    ],
    ["a regular expression of many states", "/v1/chat/completions", JSON.stringify(chat({ guided_regex: "(a{999}){999}" })), 400, "parts"],
    [
      "a grammar that can be read in many ways",
      "/v1/chat/completions",
      JSON.stringify(chat({ grammar: 'root ::= ("a"?){600}' })),
      400,
      "ways at once",
    ],
    ["prompts", "/v1/completions", JSON.stringify({ prompt: many(129, String) }), 400, "prompt: 129 prompts, and at most 128 are taken."],
    ["text to tokenize", "/v1/tokenize", JSON.stringify({ content: "a ".repeat(600_000) }), 413, "at most 1000000 are tokenized"],
    ["bytes", "/v1/chat/completions", JSON.stringify(chat({ user: "x".repeat(4_000_000) })), 413, "larger than 4000000 bytes"],
  ];
  it.each(refused)("are refused: %s", async (_name, path, body, status, words) => {
    const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
    onTestFinished(() => server.close());
    const answer = await fetch(server.url + path, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { error } = (await answer.json()) as { error: { message: string } };
    expect([answer.status, error.message]).toEqual([status, expect.stringContaining(words)]);
  });
});
