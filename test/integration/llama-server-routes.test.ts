import { describe, expect, it } from "vitest";
import { createApp } from "../../src/lib/serving/server/create-app.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { demoServer } from "../helpers/demo-server.js";

const online = demoServer();

type Json = Record<string, unknown>;
const send = (path: string, body: unknown) =>
  fetch(online.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const post = async (path: string, body: unknown) => {
  const response = await send(path, body);
  return { status: response.status, body: (await response.json()) as Json };
};
const stream = async (path: string, body: object): Promise<Json[]> => {
  const text = await (await send(path, { ...body, stream: true })).text();
  return text.split("\n\n").flatMap((event) => (event === "" ? [] : [JSON.parse(event.replace(/^data: /, "")) as Json]));
};
/** What the model continues greedily. */
const greedy = { prompt: "The capital of France is", temperature: 0, n_predict: 6 };

describe("POST /completion", () => {
  it("continues a text as /v1/completions does, in llama-server's shape", async () => {
    const { body } = await post("/completion", greedy);
    const { body: own } = await post("/v1/completions", { prompt: greedy.prompt, temperature: 0, max_tokens: 6 });
    const [choice] = own["choices"] as Json[];
    expect(body["content"]).toBe(choice?.["text"]);
    expect(body).toMatchObject({
      index: 0,
      stop: true,
      prompt: greedy.prompt,

      generation_settings: { temperature: 0, n_predict: 6 },
    });
    const unknown = await post("/completion", { ...greedy, temperatur: 1, input_prefix: "a" });
    expect(unknown.body["generation_settings"]).toEqual({ temperature: 0, n_predict: 6 });
    expect(body["tokens_evaluated"]).toBe((own["usage"] as Json)["prompt_tokens"]);
    expect(body["tokens_predicted"]).toBe((own["usage"] as Json)["completion_tokens"]);
  });

  it("says why it ended: by its limit, by a stop text and which, or by the model", async () => {
    expect((await post("/completion", { ...greedy, n_predict: 1 })).body).toMatchObject({
      stop_type: "limit",
      stopping_word: "",
      truncated: false,
    });
    const whole = String((await post("/completion", { ...greedy, n_predict: 12 })).body["content"]);
    const word = whole.slice(2, 5);
    expect((await post("/completion", { ...greedy, n_predict: 12, stop: [word] })).body).toMatchObject({
      stop_type: "word",
      stopping_word: word,
      content: whole.slice(0, whole.indexOf(word)),
    });
    const asked = online.engine.promptText({ messages: [{ role: "user", content: "What is the capital of France?" }] });
    const tokens = await online.engine.tokenize(asked, { special: true });
    expect((await post("/completion", { prompt: tokens, temperature: 0 })).body).toMatchObject({ stop_type: "eos" });
  });

  it("streams the same, and all that is known at the end", async () => {
    const { body: whole } = await post("/completion", greedy);
    const events = await stream("/completion", greedy);
    expect(events.map(({ content }) => content).join("")).toBe(whole["content"]);
    expect(events.slice(0, -1).every(({ stop }) => stop === false)).toBe(true);
    expect(events.at(-1)).toMatchObject({
      stop: true,
      content: "",
      stop_type: whole["stop_type"],
      tokens_predicted: whole["tokens_predicted"],
      tokens_evaluated: whole["tokens_evaluated"],
    });
  });

  it("answers several prompts, and several times, with a list", async () => {
    const { body } = await post("/completion", { ...greedy, prompt: [greedy.prompt, { prompt_string: "One, two," }], n: 2 });
    const list = body as unknown as Json[];
    expect(list.map(({ index, prompt }) => [index, prompt])).toEqual([
      [0, greedy.prompt],
      [1, greedy.prompt],
      [2, "One, two,"],
      [3, "One, two,"],
    ]);
    expect(list[0]?.["content"]).toBe(list[1]?.["content"]);
  });

  it("says of each answer of several how many tokens it and its prompt have, also in a stream", async () => {
    const prompts = [greedy.prompt, "One, two, three, four,"];
    const alone = await Promise.all(prompts.map(async (prompt) => (await post("/completion", { ...greedy, prompt })).body));
    const counts = ({ tokens_predicted, tokens_evaluated, truncated }: Json) => ({ tokens_predicted, tokens_evaluated, truncated });
    const expected = alone.flatMap((one) => [counts(one), counts(one)]);
    const list = (await post("/completion", { ...greedy, prompt: prompts, n: 2 })).body as unknown as Json[];
    expect(list.map(counts)).toEqual(expected);
    expect(list.every(({ generation_settings: settings }) => !Object.hasOwn(settings as Json, "return_token_ids"))).toBe(true);
    const events = await stream("/completion", { ...greedy, prompt: prompts, n: 2 });
    const ends = events.filter(({ stop }) => stop === true).sort((a, b) => Number(a["index"]) - Number(b["index"]));
    expect(ends.map(counts)).toEqual(expected);
  });

  it("takes texts and token ids in one prompt, which answers as its tokens do", async () => {
    const tokensOf = async (content: string, add_special: boolean) => {
      const { body } = await post("/tokenize", { content, add_special });
      return body["tokens"] as number[];
    };
    const [begun, rest] = [await tokensOf("The capital of", true), await tokensOf(" France is", false)];
    const settings = { temperature: 0, n_predict: 6 };
    const answer = async (prompt: unknown) => (await post("/completion", { ...settings, prompt })).body;
    const expected = await answer([...begun, ...rest]);
    expect(await answer([...begun, " France is"])).toMatchObject({
      content: expected["content"],
      tokens_evaluated: begun.length + rest.length,
    });
    expect(await answer(["The capital of", ...rest])).toMatchObject({
      content: expected["content"],
      tokens_evaluated: begun.length + rest.length,
    });
    expect(await answer({ prompt_string: ["The capital of", ...rest] })).toMatchObject({ content: expected["content"] });
    const several = await answer([[...begun, " France is"], "The capital of France is"]);
    expect(several).toMatchObject([{ content: expected["content"] }, { content: expected["content"] }]);
    const { body } = await post("/v1/completions", { ...settings, prompt: ["The capital of", ...rest], echo: true });
    expect(body).toMatchObject({ choices: [{ text: `The capital of France is${String(expected["content"])}` }] });
  });

  it("takes them as an input of /v1/embeddings, too, and names a token that is not there", async () => {
    const { body } = await post("/v1/embeddings", { input: [12, 34, "string", 56] });
    expect(body).toMatchObject({ data: [{ index: 0 }] });
    expect(body["data"]).toHaveLength(1);
    expect(await post("/v1/embeddings", { input: [[12, "string"], "text"] })).toMatchObject({
      body: { data: [{ index: 0 }, { index: 1 }] },
    });
    expect(await post("/v1/embeddings", { input: [12, "a", 99_999_999] })).toMatchObject({
      status: 400,
      body: { error: { param: "input" } },
    });
  });

  it("gives probabilities of tokens, and only the members that are asked for", async () => {
    const { body } = await post("/completion", { ...greedy, n_predict: 3, n_probs: 2 });
    const probabilities = body["completion_probabilities"] as { bytes: number[]; logprob: number; top_logprobs: Json[] }[];
    expect(Buffer.from(probabilities.flatMap(({ bytes }) => bytes)).toString()).toBe(body["content"]);
    expect(probabilities.every(({ logprob, top_logprobs: top }) => logprob <= 0 && top.length === 2)).toBe(true);
    const picked = await post("/completion", {
      ...greedy,
      response_fields: ["content", "generation_settings/n_predict", "constructor", "none"],
    });
    expect(picked.body).toEqual({ content: expect.any(String) as string, "generation_settings/n_predict": 6 });
  });

  it("follows a grammar and a schema", async () => {
    expect((await post("/completion", { ...greedy, grammar: 'root ::= "yes" | "no"' })).body["content"]).toMatch(/^(yes|no)$/);
    const { body } = await post("/completion", {
      ...greedy,
      n_predict: 40,
      json_schema: { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] },
    });
    expect(JSON.parse(String(body["content"]))).toEqual({ a: expect.any(Boolean) as boolean });
  });

  it.each([
    [{ prompt: 3 }, "prompt"],
    [{}, "prompt"],
    [{ prompt: { prompt_string: "x", multimodal_data: ["aGk="] } }, "prompt"],
    [{ prompt: "x", lora: [{ id: 0, scale: 1 }] }, "lora"],
    [{ prompt: "x", n_indent: 2 }, "n_indent"],
    [{ prompt: "x", image_data: [{ id: 1, data: "aGk=" }] }, "image_data"],
    [{ prompt: "x", temperature: "hot" }, "temperature"],
  ])("refuses by the field's name: %j", async (body, param) => {
    expect(await post("/completion", body)).toMatchObject({ status: 400, body: { error: { param } } });
  });
});

describe("the length of an answer", () => {
  it("is the operator's where the request says nothing, and otherwise what fits the context", async () => {
    const prompt = "One, two,";
    const whole = (await post("/completion", { prompt, ignore_eos: true, temperature: 0 })).body;
    expect(whole).toMatchObject({ stop_type: "limit" });
    expect(Number(whole["tokens_predicted"]) + Number(whole["tokens_evaluated"])).toBe(512);
    expect(whole["truncated"]).toBe(true);
    const short = createApp(localService(online.engine, { requestDefaults: { all: { max_tokens: 3, system: "Be brief." }, models: {} } }));
    const payload = { prompt, ignore_eos: true };
    expect((await short.inject({ method: "POST", url: "/completion", payload })).json()).toMatchObject({ tokens_predicted: 3 });
    // an operator's system message is not for every key
    const { params } = (await short.inject("/props")).json<{ default_generation_settings: { params: Json } }>().default_generation_settings;
    expect(params).toEqual({ max_tokens: 3 });
    await short.close();
  });
});

describe("a page of another origin", () => {
  it("cannot ask, also not with a type that browsers send without asking first", async () => {
    const body = JSON.stringify({ prompt: "x", n_predict: 1 });
    const headers = { "content-type": "text/plain", origin: "https://evil.example" };
    expect((await fetch(`${online.url}/completion`, { method: "POST", headers, body })).status).toBe(403);
  });
});

describe("POST /infill", () => {
  it("says what is lacking of a model that was not trained to fill gaps", async () => {
    const { status, body } = await post("/infill", { input_prefix: "def f(", input_suffix: "):\n  return 1", n_predict: 4 });
    expect(status).toBe(400);
    expect(body["error"]).toMatchObject({ code: "unsupported_parameter", param: "input_suffix" });
  });
});
