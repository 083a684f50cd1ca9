import { describe, expect, it } from "vitest";
import { createApp } from "../../src/lib/serving/server/create-app.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { Service } from "../../src/lib/serving/server/service.js";
import { demoServer } from "../helpers/demo-server.js";

const online = demoServer();

type Json = Record<string, unknown>;
const read = async (response: Response) => ({ status: response.status, body: (await response.json()) as Json });
const get = async (path: string) => read(await fetch(online.url + path));
const post = async (path: string, body: unknown) =>
  read(await fetch(online.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));

const messages = [{ role: "user", content: "What is the capital of France?" }];

describe("routes of OpenAI's without /v1", () => {
  it("answer as those with it", async () => {
    for (const [path, body] of [
      ["/chat/completions", { messages, temperature: 0, seed: 1 }],
      ["/completions", { prompt: "The capital of", temperature: 0, seed: 1 }],
      ["/embeddings", { input: "Paris" }],
    ] as const) {
      const [bare, versioned] = [await post(path, body), await post(`/v1${path}`, body)];
      expect(bare.status).toBe(200);
      const contents = [bare, versioned].map(({ body: answer }) => JSON.stringify([answer["choices"], answer["data"]]));
      expect(contents[0]).toBe(contents[1]);
    }
  });

  it("find a model whose name has a slash, escaped or not", async () => {
    const app = createApp(new Service({ model: "org/name", models: new OwnModels("org/name", "none") }));
    for (const path of ["/v1/models/org/name", "/v1/models/org%2Fname"]) {
      expect((await app.inject(path)).json()).toMatchObject({ id: "org/name", object: "model" });
    }
    expect((await app.inject("/v1/models/org/other")).json()).toMatchObject({ error: { code: "model_not_found" } });
    await app.close();
  });
});

describe("what a model is", () => {
  it("is told to clients that count tokens themselves, by /tokenizer_info", async () => {
    const { body } = await get("/tokenizer_info");
    expect(body).toMatchObject({ tokenizer_class: "gpt2", model_max_length: 512, chat_template: online.engine.chatTemplate.source });
    const eos = String(body["eos_token"]);
    expect(await online.engine.tokenize(eos, { special: true })).toHaveLength(1);
  });

  it("is told as llama-server does, by /props and /slots", async () => {
    expect((await get("/props")).body).toMatchObject({
      total_slots: 2,
      model_alias: online.engine.model,
      default_generation_settings: { n_ctx: 512 },
      chat_template_caps: { supports_system_role: online.engine.chatTemplate.shows.system },
    });
    const slots = (await get("/slots?fail_on_no_slot=1")) as unknown as { status: number; body: Json[] };
    expect(slots.status).toBe(200);
    expect(slots.body.map(({ id, is_processing: busy }) => [id, busy])).toEqual([
      [0, false],
      [1, false],
    ]);
  });

  it("does not tell clients the folder of its file", async () => {
    expect(JSON.stringify((await get("/props")).body)).not.toContain(online.engine.location.split("/").slice(0, -1).join("/"));
  });

  it("includes how many tokens the prompt of a chat has, by llama-server's route", async () => {
    const prompt = { messages, tools: [] };
    const { body } = await post("/v1/chat/completions/input_tokens", prompt);
    const { count } = (await post("/tokenize", prompt)).body as { count: number };
    expect(body).toEqual({ input_tokens: count });
    expect((await post("/chat/completions/input_tokens", prompt)).body).toEqual(body);
  });

  it("includes the prompt that a chat becomes, by /apply-template", async () => {
    const { body } = await post("/apply-template", { messages });
    expect(body["prompt"]).toBe(online.engine.promptText({ messages: [{ role: "user", content: "What is the capital of France?" }] }));
    expect(await post("/apply-template", { messages: [] })).toMatchObject({ status: 400, body: { error: { param: "messages" } } });
  });

  it("is ok while it answers, by /v1/health, /ping and /version", async () => {
    expect((await get("/v1/health")).body).toMatchObject({ status: "ok" });
    expect(await get("/ping")).toEqual({ status: 200, body: { status: "live" } });
    expect(String((await get("/version")).body["version"])).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("documents ranked by a query", () => {
  const documents = ["Berlin is in Germany.", "The capital of France is Paris.", "What is the capital of France?"];
  const ranked = { query: "What is the capital of France?", documents };

  it("have the text that says the same first, and say how they were compared", async () => {
    const { status, body } = await post("/v1/rerank", { ...ranked, return_documents: true });
    const results = body["results"] as { index: number; relevance_score: number; document: { text: string } }[];
    expect(status).toBe(200);
    expect(body["method"]).toBe("embedding_cosine");
    expect(results[0]).toMatchObject({ index: 2, document: { text: documents[2] } });
    expect(results[0]?.relevance_score).toBeCloseTo(1, 4);
    expect(results.map(({ relevance_score: score }) => score)).toEqual(
      results.map(({ relevance_score: score }) => score).sort((a, b) => b - a),
    );
    expect((body["usage"] as Json)["prompt_tokens"]).toBeGreaterThan(10);
  });

  it("are cut to the best, and come as a plain list for texts", async () => {
    expect((await post("/rerank", { ...ranked, top_n: 1 })).body["results"]).toHaveLength(1);
    const { body } = await post("/rerank", { query: ranked.query, texts: documents, top_n: 2 });
    expect((body as unknown as Json[]).map(({ index }) => index)[0]).toBe(2);
  });

  it.each([
    [{ query: "x" }, "documents"],
    [{ query: "x", documents: [] }, "documents"],
    [{ query: "x", documents: ["a"], texts: ["a"] }, "texts"],
    [{ query: "x", documents: ["a", 3] }, "documents.1"],
    [{ documents: ["a"] }, "query"],
  ])("are refused by the field's name: %j", async (body, param) => {
    expect(await post("/rerank", body)).toMatchObject({ status: 400, body: { error: { param } } });
  });
});

describe("a text that is too long", () => {
  const long = "word ".repeat(3000);
  it.each([
    ["/v1/rerank", { query: long, documents: ["a", "b"] }, "query"],
    ["/v1/rerank", { query: "a", documents: ["a", long] }, "documents.1"],
    ["/v1/rerank", { query: "a", texts: [long] }, "texts.0"],
    ["/v1/score", { text_1: long, text_2: ["a", "b"] }, "text_1"],
    ["/v1/score", { text_1: "a", text_2: ["a", long] }, "text_2.1"],
    ["/v1/embeddings", { input: ["a", long] }, "input.1"],
    ["/v1/embeddings", { input: long }, "input"],
  ])("is named by the place that it was sent in: %s", async (path, body, param) => {
    expect(await post(path, body)).toMatchObject({ status: 400, body: { error: { code: "context_length_exceeded", param } } });
  });
});

describe("pairs of texts", () => {
  it("are scored one with each, and pair by pair", async () => {
    const scores = async (body: object) => ((await post("/score", body)).body["data"] as { score: number }[]).map(({ score }) => score);
    const [same = 0, other = 0] = await scores({ text_1: "Paris", text_2: ["Paris", "a number of things"] });
    expect(same).toBeCloseTo(1, 4);
    expect(other).toBeLessThan(same);
    const pairs = await scores({ text_1: ["Paris", "Rome"], text_2: ["Paris", "Rome"] });
    for (const score of pairs) expect(score).toBeCloseTo(1, 4);
  });

  it("have to be as many on both sides", async () => {
    const refused = await post("/v1/score", { text_1: ["a", "b"], text_2: ["c"] });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("text_1 has 2 texts and text_2 has 1") as string } },
    });
  });
});
