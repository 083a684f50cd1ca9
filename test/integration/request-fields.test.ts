import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { collectCompletion } from "../../src/lib/inference/openai/completion-target.js";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import { harmlessFields } from "../../src/lib/inference/openai/other-fields.js";
import { errorOf } from "../helpers/error-of.js";
import { post, readEvents, streamedText } from "../helpers/gateway-server.js";

type Body = Record<string, unknown>;

const CHAT = "/v1/chat/completions";
const TEXT = "/v1/completions";
const messages = [{ role: "user", content: "What is the capital of France?" }];
const chat: Body = { messages, temperature: 0, max_tokens: 12 };
const text: Body = { prompt: "The capital of France is", temperature: 0, max_tokens: 12 };
const repeating: Body = { ...text, prompt: "One, two, three. One, two, three. One, two,", ignore_eos: true };
/** Drawn, by a seed. */
const drawn: Body = { ...chat, temperature: 1.5, seed: 5, max_tokens: 24 };

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

const send = (path: string, body: object) => post(`${server.url}${path}`, body);
/** What an answer says: texts, reasons, log-probabilities. */
async function answerOf(path: string, body: Body): Promise<string> {
  const { status, json, headers } = await send(path, body);
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(json)}`);
  expect(headers.get("x-llmops-ignored-fields")).toBeNull();
  return JSON.stringify([json["choices"], (json["usage"] as Body)["prompt_tokens"]]);
}
const textOf = async (path: string, body: Body) => {
  const [choices] = JSON.parse(await answerOf(path, body)) as [{ message?: { content: string }; text?: string; finish_reason: string }[]];
  return { text: choices[0]?.message?.content ?? choices[0]?.text ?? "", reason: choices[0]?.finish_reason };
};
const tokensOf = async (content: string) => (await send("/tokenize", { content })).json["tokens"] as number[];

describe("a field that is honored changes the answer", () => {
  it.each<[string, string, Body, Body]>([
    ["stop_token_ids", CHAT, chat, { stop_token_ids: Array.from({ length: 64 }, (_, i) => 256 + i) }],
    ["bad_words", CHAT, chat, { bad_words: ["Paris"] }],
    ["allowed_token_ids", CHAT, chat, { allowed_token_ids: [97, 98, 99] }],
    ["logit_bias by text", CHAT, chat, { logit_bias: { " Paris": -100 } }],
    ["logit_bias as a list, with false", CHAT, chat, { logit_bias: [[" Paris", false]] }],
    ["truncate_prompt_tokens", TEXT, text, { truncate_prompt_tokens: 2 }],
    ["add_generation_prompt", CHAT, chat, { add_generation_prompt: false }],
    ["n_predict", CHAT, { ...chat, max_tokens: undefined }, { n_predict: 1 }],
    ["max_new_tokens", TEXT, { ...text, max_tokens: undefined }, { max_new_tokens: 1 }],
    ["max_tokens 0", CHAT, chat, { max_tokens: 0 }],
    ["n_cmpl", CHAT, drawn, { n_cmpl: 2 }],
    ["n_probs", CHAT, chat, { n_probs: 2 }],
    ["n_probs of a text", TEXT, text, { n_probs: 2 }],
    ["a temperature above 2", CHAT, drawn, { temperature: 30 }],
    ["typical_p", CHAT, drawn, { typical_p: 0.2 }],
    ["top_n_sigma", CHAT, drawn, { top_n_sigma: 0.1 }],
    ["xtc_probability", CHAT, { ...drawn, temperature: 0.1 }, { xtc_probability: 1, xtc_threshold: 0.01 }],
    ["dynatemp_range", CHAT, drawn, { dynatemp_range: 1.5 }],
    ["mirostat 1", CHAT, drawn, { mirostat: 1, mirostat_tau: 0.1 }],
    ["mirostat 2", CHAT, drawn, { mirostat: 2, mirostat_tau: 0.1 }],
    ["repeat_last_n", CHAT, { ...chat, ignore_eos: true, max_tokens: 60, repeat_penalty: 1.8 }, { repeat_last_n: 0 }],
    ["dry_multiplier", CHAT, { ...chat, ignore_eos: true, max_tokens: 60 }, { dry_multiplier: 5, dry_allowed_length: 1 }],
    ["DRY beside typical_p", CHAT, { ...drawn, typical_p: 0.9, ignore_eos: true }, { dry_multiplier: 5, dry_allowed_length: 1 }],
    ["XTC beside dynatemp_range", CHAT, { ...drawn, dynatemp_range: 0.5 }, { xtc_probability: 1, xtc_threshold: 0.01 }],
    ["penalize_prompt with a penalty", CHAT, { ...chat, repeat_penalty: 1.8 }, { penalize_prompt: true }],
    ["penalize_prompt with DRY", TEXT, { ...repeating, dry_multiplier: 50, dry_allowed_length: 1 }, { penalize_prompt: true }],
    ["samplers", CHAT, { ...drawn, top_k: 1 }, { samplers: ["temperature"] }],
    ["samplers by letters", CHAT, { ...drawn, top_k: 1 }, { samplers: "pt" }],
    ["a seed of 64 bits", CHAT, drawn, { seed: "18446744073709551615" }],
  ])("%s", async (_, path, base, more) => {
    expect(await answerOf(path, { ...base, ...more })).not.toBe(await answerOf(path, base));
  });
});

describe("rules of tokens", () => {
  it("keep an answer from ending before it has min_tokens", async () => {
    const { json } = await send(CHAT, { ...chat, max_tokens: 60, min_tokens: 50 });
    const short = await send(CHAT, { ...chat, max_tokens: 60 });
    expect((short.json["usage"] as Body)["completion_tokens"]).toBeLessThan(50);
    expect((json["usage"] as Body)["completion_tokens"]).toBeGreaterThanOrEqual(50);
  });

  it("end a JSON answer with its value all the same", async () => {
    const { status, json } = await send(CHAT, { ...chat, max_tokens: 60, min_tokens: 50, guided_regex: "[0-9]{3}" });
    expect(status).toBe(200);
    expect(JSON.stringify(json)).toMatch(/"content":"\d{3}"/);
  });

  it("keep whole words out, however many tokens they have", async () => {
    const { text: plain } = await textOf(CHAT, chat);
    const word = plain.trim().split(/\s+/).slice(-2).join(" ");
    expect((await tokensOf(word)).length).toBeGreaterThan(1);
    expect((await textOf(CHAT, { ...chat, bad_words: [word] })).text).not.toContain(word);
  });

  it("end an answer before a stop text, or after it where it is to be shown, also in a stream", async () => {
    const stop = ["France"];
    const cut = await textOf(CHAT, { ...chat, stop });
    const kept = await textOf(CHAT, { ...chat, stop, include_stop_str_in_output: true });
    expect(kept).toEqual({ text: `${cut.text}France`, reason: "stop" });
    const streamed = await send(CHAT, { ...chat, stop, include_stop_str_in_output: true, stream: true });
    expect(streamedText(streamed.text)).toBe(kept.text);
  });

  it("end an answer before a stop token, or after it", async () => {
    const { text: whole } = await textOf(TEXT, { ...text, max_tokens: 4 });
    const [, token = -1] = await tokensOf(whole);
    const cut = await textOf(TEXT, { ...text, stop_token_ids: [token] });
    const kept = await textOf(TEXT, { ...text, stop_token_ids: [token], include_stop_str_in_output: true });
    expect(cut.reason).toBe("stop");
    expect(kept.text.length).toBeGreaterThan(cut.text.length);
    expect(whole.startsWith(kept.text)).toBe(true);
  });

  it("end an answer that took too long once it has a line break", async () => {
    const line = { ...text, max_tokens: 200, ignore_eos: true, guided_regex: "a\n(a{300})", t_max_predict_ms: 1e-6 };
    expect(await textOf(TEXT, line)).toMatchObject({ reason: "length", text: "a\n" });
  });

  it("only let tokens come that are allowed", async () => {
    const [token = 0] = await tokensOf("a");
    expect((await textOf(TEXT, { ...text, allowed_token_ids: [token], max_tokens: 5 })).text).toMatch(/^(\s?a){5}$/);
  });
});

describe("an answer that does not fit the context", () => {
  it.each([
    [CHAT, { ...chat, max_tokens: 100_000 }],
    [CHAT, { ...chat, max_tokens: -1, ignore_eos: true }],
    [TEXT, { ...text, max_tokens: 100_000, ignore_eos: true }],
    ["/infer", { prompt: "Hello", max_new_tokens: 100_000 }],
  ])("is as long as there is room: %s", async (path, body) => expect((await send(path, body)).status).toBe(200));

  it("is refused where the prompt alone does not fit, with its tokens", async () => {
    const { status, json } = await send(CHAT, { ...chat, messages: [{ role: "user", content: "x ".repeat(600) }] });
    expect(status).toBe(400);
    expect((json["error"] as Body)["message"]).toMatch(/^The prompt has (at least )?\d+ tokens/);
  });
});

describe("a field that cannot be honored is refused by its name, with what to do instead", () => {
  it.each<[string, string, Body]>([
    ["logits_processors", CHAT, { logits_processors: ["x"] }],
    ["length_penalty", CHAT, { length_penalty: 2 }],
    ["detokenize", CHAT, { detokenize: false }],
    ["best_of", CHAT, { best_of: 3 }],
    ["response_fields", CHAT, { response_fields: ["content"] }],
    ["use_beam_search", TEXT, { use_beam_search: true }],
    ["functions", CHAT, { functions: [{ name: "f" }] }],
    ["verbosity", CHAT, { verbosity: "low" }],
    ["lora", CHAT, { lora: [{ id: 0, scale: 1 }] }],
    ["audio", CHAT, { audio: { voice: "x" } }],
    ["web_search_options", CHAT, { web_search_options: {} }],
    ["enable_thinking", CHAT, { enable_thinking: false }],
  ])("%s of %s", async (name, path, more) => {
    const { status, json } = await send(path, { ...(path === CHAT ? chat : text), ...more });
    expect([status, (json["error"] as Body)["code"], (json["error"] as Body)["param"]]).toEqual([400, "unsupported_parameter", name]);
    expect((json["error"] as Body)["message"]).toMatch(/= .*\. [A-Z]/);
  });

  it.each<[string, Body]>([
    ["response_fields", { response_fields: [] }],
    ["lora", { lora: [] }],
    ["length_penalty", { length_penalty: 1 }],
    ["detokenize", { detokenize: true }],
    ["best_of", { best_of: 1 }],
    ["add_special_tokens", { add_special_tokens: true }],
  ])("but for a value that leaves it off: %s", async (_, more) =>
    expect(await answerOf(CHAT, { ...chat, ...more })).toBe(await answerOf(CHAT, chat)),
  );
});

describe("a field that changes no answer", () => {
  it.each(Object.keys(harmlessFields))("is taken: %s", async (name) => {
    expect(await answerOf(CHAT, { ...chat, [name]: "x" })).toBe(await answerOf(CHAT, chat));
    expect(await answerOf(TEXT, { ...text, [name]: true })).toBe(await answerOf(TEXT, text));
  });
});

describe("values that other servers take", () => {
  it.each<[string, string, Body]>([
    ["top_k -1", CHAT, { ...chat, top_k: -1 }],
    ["an empty prompt", TEXT, { ...text, prompt: "" }],
    ["more than 16 stop texts", CHAT, { ...chat, stop: Array.from({ length: 20 }, (_, i) => `stop ${i}`) }],
    ["texts and tokens among prompts", TEXT, { ...text, prompt: ["a", [1, 2]] }],
  ])("are taken: %s", async (_, path, body) => expect(await answerOf(path, body)).toContain("finish_reason"));

  it("are taken among inputs of embeddings: texts and tokens", async () => {
    const { status, json } = await send("/v1/embeddings", { input: ["a", [1, 2]] });
    expect([status, (json["data"] as unknown[]).length]).toEqual([200, 2]);
  });

  it("are seeds of 64 bits, of which any two give different answers", async () => {
    const ask = async (seed: string) => {
      const body = JSON.stringify({ ...drawn, temperature: 30 }).replace('"seed":5', `"seed":${seed}`);
      const response = await fetch(`${server.url}${CHAT}`, { method: "POST", headers: { "content-type": "application/json" }, body });
      return JSON.stringify(((await response.json()) as Body)["choices"]);
    };
    const one = await ask("18446744073709551614");
    expect(await ask("18446744073709551615")).not.toBe(one);
    expect(await ask("18446744073709551614")).toBe(one);
  });
});

describe("what is expected in place of a value of another type is said", () => {
  it.each<[string, string, Body, RegExp]>([
    ["stop", CHAT, { ...chat, stop: 5 }, /^stop: expected string or array, received number\./],
    ["stop", CHAT, { ...chat, stop: [5] }, /^stop\.0: .*expected string/],
    ["prompt", TEXT, { prompt: { a: 1 } }, /^prompt: a text, a list of token ids/],
    ["input", "/v1/embeddings", { input: 5 }, /^input: a text, a list of token ids/],
    [
      "a picture",
      CHAT,
      { ...chat, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      /only text parts/,
    ],
    ["logit_bias", CHAT, { ...chat, logit_bias: 5 }, /^logit_bias: expected object or array, received number/],
    ["logit_bias", CHAT, { ...chat, logit_bias: { 5: 1000 } }, /^logit_bias\.5: at most 100 is expected/],
    ["samplers", CHAT, { ...chat, samplers: ["top_p", "top_k"] }, /top_k does not come after top_p/],
    ["samplers", CHAT, { ...chat, samplers: ["infill"] }, /"infill" is not one of them/],
    ["a role", CHAT, { ...chat, messages: [{ role: "bot", content: "x" }] }, /messages\.0\.role: .*'system'/],
    ["tool_choice", CHAT, { ...chat, tool_choice: 5 }, /none, auto, required/],
  ])("%s of %s", async (_, path, body, message) => {
    const { status, json } = await send(path, body);
    expect([status, (json["error"] as Body)["message"]]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe("bodies", () => {
  const body = JSON.stringify(chat);
  const raw = (content: string | Buffer, headers: Record<string, string>) =>
    fetch(`${server.url}${CHAT}`, { method: "POST", body: content, headers });

  it.each([["application/x-www-form-urlencoded"], ["text/plain"], ["application/json; charset=utf-8"]])(
    "are taken from programs that say %s of JSON",
    async (type) => expect((await raw(body, { "content-type": type })).status).toBe(200),
  );

  it.each([
    ["text/plain", "no JSON"],
    ["application/x-www-form-urlencoded", "a=b"],
    ["multipart/form-data", body],
    ["application/octet-stream", body],
  ])("are refused where they say %s and are %s", async (type, content) => {
    expect((await raw(content, { "content-type": type })).status).toBe(415);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("may be compressed: %s", async (encoding, compress) => {
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    expect((await raw(compress(body), headers)).status).toBe(200);
    const wrong = await raw(Buffer.from(body), headers);
    expect([wrong.status, JSON.stringify(await wrong.json())]).toEqual([400, expect.stringContaining(`not ${encoding}`)]);
    // a few kilobytes that stand for 100 megabytes
    const bomb = await raw(compress(Buffer.alloc(100_000_000, "[")), headers);
    expect(bomb.status).toBe(413);
  });

  it("of another encoding are refused with those there are", async () => {
    const other = await raw(body, { "content-type": "application/json", "content-encoding": "zstd" });
    expect([other.status, JSON.stringify(await other.json())]).toEqual([415, expect.stringContaining("gzip, deflate, br")]);
  });
});

describe("/tokenize", () => {
  const tokenize = async (body: Body) => (await send("/tokenize", body)).json;

  it("gives the text of each token, or its bytes where they are part of a character", async () => {
    const content = "The sea 🙂";
    const { tokens } = (await tokenize({ content, with_pieces: true })) as { tokens: { id: number; piece: string | number[] }[] };
    const bytes = tokens.map(({ piece }) => (typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece)));
    expect(Buffer.concat(bytes).toString()).toBe(content);
    expect(tokens.map(({ id }) => id)).toEqual(await tokensOf(content));
    expect(tokens.some(({ piece }) => Array.isArray(piece))).toBe(true);
  });

  it("gives the texts of tokens beside them, and reads names of control tokens unless that is turned off", async () => {
    const content = "<|im_end|>";
    const parsed = await tokenize({ content, parse_special: true, return_token_strs: true });
    expect(parsed).toMatchObject({ token_strs: [content], count: 1 });
    expect((await tokenize({ content, add_special_tokens: true, parse_special: false }))["count"]).toBeGreaterThan(1);
    expect((await tokenize({ content, add_special_tokens: true }))["count"]).toBe(1);
    // how lm_eval asks for the end token
    expect((await tokenize({ prompt: content, add_special_tokens: false }))["count"]).toBe(1);
  });

  it("counts a chat with and without the beginning of an answer", async () => {
    const whole = (await tokenize({ messages }))["count"] as number;
    expect((await tokenize({ messages, add_generation_prompt: false }))["count"]).toBeLessThan(whole);
  });
});

describe("answers", () => {
  it("say by a fingerprint what model gave them, in every event too", async () => {
    const whole = (await send(CHAT, chat)).json["system_fingerprint"];
    expect(whole).toMatch(/^b\d+\.\d+\.\d+[^ ]*-[0-9a-f]{16}$/);
    const stream = await send(CHAT, { ...chat, stream: true, stream_options: { include_usage: true } });
    expect(new Set(readEvents(stream.text).events.map((event) => event["system_fingerprint"]))).toEqual(new Set([whole]));
    expect((await send(TEXT, text)).json["system_fingerprint"]).toBe(whole);
  });

  it("say why they did not come from the cache", async () => {
    expect((await send(CHAT, { messages, max_tokens: 1 })).headers.get("x-cache-reason")).toBe("the cache is off");
  });
});

it("a client of llmops has fields refused that nothing knows", async () => {
  const target = await EndpointTarget.connect({ url: server.url, body: { tempurature: 1 } });
  const refusal = await errorOf(() => collectCompletion(target, { messages: [{ role: "user", content: "Hi" }] }));
  expect(refusal.code).toBe("ENDPOINT_REFUSED");
  expect(refusal.message).toContain("tempurature");
  await target.close();
});

describe("a field that is sent under two of its names", () => {
  it.each([
    [CHAT, { ...chat, n: 1, n_cmpl: 2 }, "n_cmpl"],
    [CHAT, { ...chat, logprobs: true, top_logprobs: 2, n_probs: 3 }, "n_probs"],
    [CHAT, { ...chat, repeat_penalty: 1.1, repetition_penalty: 1.2 }, "repetition_penalty"],
    [TEXT, { ...text, logprobs: 1, n_probs: 2 }, "n_probs"],
    [TEXT, { ...text, typical_p: 0.5, typ_p: 0.6 }, "typ_p"],
    ["/completion", { ...text, min_tokens: 1, min_new_tokens: 2 }, "min_new_tokens"],
    ["/infill", { input_prefix: "a", n: 1, n_cmpl: 2 }, "n_cmpl"],
    ["/tokenize", { content: "a", prompt: "b" }, "prompt"],
    ["/tokenize", { content: "a", add_special: true, add_special_tokens: false }, "add_special_tokens"],
    ["/v1/responses", { input: "a", max_output_tokens: 4, max_tokens: 5 }, "max_tokens"],
    ["/v1/responses", { input: "a", reasoning: { effort: "low" }, reasoning_effort: "high" }, "reasoning_effort"],
    ["/v1/rerank", { query: "a", texts: ["b"], return_documents: true, return_text: false }, "return_text"],
    ["/api/generate", { model: "m", prompt: "a", options: { temperature: 0 }, temperature: 1 }, "temperature"],
    ["/api/show", { model: "a", name: "b" }, "name"],
  ])("is refused at %s with %j, by the second", async (path, body, param) => {
    const { status, json } = await send(path, body);
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toContain(`${param}: `);
  });

  it("is taken where both say the same, and of several bounds of the answer the smallest applies", async () => {
    expect(await answerOf(TEXT, { ...text, n: 1, n_cmpl: 1, repeat_penalty: 1, repetition_penalty: 1 })).toBe(await answerOf(TEXT, text));
    expect(await answerOf(TEXT, { ...text, max_tokens: 12, n_predict: 3 })).toBe(await answerOf(TEXT, { ...text, max_tokens: 3 }));
  });
});
