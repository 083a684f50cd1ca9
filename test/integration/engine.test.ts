import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { Chunk, CompletionRequest } from "../../src/lib/inference/openai/completion.js";
import { collectCompletion } from "../../src/lib/inference/openai/completion-target.js";
import { errorOf } from "../helpers/error-of.js";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 3, contextSize: 512 });
});
afterAll(() => engine.close());

const ask = (content: string, settings: Partial<CompletionRequest> = {}) =>
  collectCompletion(engine, { messages: [{ role: "user", content }], temperature: 0, maxTokens: 40, ...settings });

describe("the engine with the demo model", () => {
  it("answers a question, stops by itself and counts tokens", async () => {
    const answer = await ask("What is the capital of France?");
    expect(answer.text).toContain("Paris");
    expect(answer.finishReason).toBe("stop");
    expect(answer.usage.promptTokens).toBeGreaterThan(8);
    expect(answer.usage.completionTokens).toBeGreaterThan(1);
    expect(answer.timing.firstTokenMs).toBeLessThanOrEqual(answer.timing.totalMs);
  });

  it("gives the same text for the same seed, and other texts for other seeds", async () => {
    const hot = (seed: number) => ask("Write a short poem about the sea.", { temperature: 1.5, seed });
    const [first, again] = [await hot(1), await hot(1)];
    expect(again.text).toBe(first.text);
    const others = await Promise.all([2, 3, 4, 5].map(hot));
    expect(new Set(others.map((o) => o.text)).size).toBeGreaterThan(1);
  });

  it("answers more requests at once than it has slots, each with its own answer", async () => {
    const capitals = { France: "Paris", Italy: "Rome", Spain: "Madrid", Japan: "Tokyo", Egypt: "Cairo", Peru: "Lima", Kenya: "Nairobi" };
    const answers = await Promise.all(Object.keys(capitals).map((country) => ask(`What is the capital of ${country}?`)));
    Object.values(capitals).forEach((capital, i) => expect(answers[i]?.text).toContain(capital));
  });

  it("obeys max_tokens and stop texts", async () => {
    const short = await ask("What is the capital of France?", { maxTokens: 2 });
    expect(short).toMatchObject({ finishReason: "length", usage: { completionTokens: 2 } });
    const whole = await ask("What is the capital of France?");
    const stop = whole.text.slice(4, 9);
    const stopped = await ask("What is the capital of France?", { stop: [stop] });
    expect(stopped).toMatchObject({ text: whole.text.slice(0, whole.text.indexOf(stop)), finishReason: "stop" });
  });

  it("narrows sampling with top_k, top_p and min_p", async () => {
    const hot = { temperature: 2, seed: 9 };
    const greedy = (await ask("What is the capital of France?")).text;
    expect((await ask("What is the capital of France?", { ...hot, topK: 1 })).text).toBe(greedy);
    expect((await ask("What is the capital of France?", { ...hot, topP: 0.001 })).text).toBe(greedy);
    expect((await ask("What is the capital of France?", { ...hot, minP: 1 })).text).toBe(greedy);
  });

  it("punishes repetition with presence and frequency penalties", async () => {
    const plain = await ask("List four fruits.", { maxTokens: 30 });
    const punished = await ask("List four fruits.", { maxTokens: 30, presencePenalty: 2, frequencyPenalty: 2 });
    expect(punished.text).not.toBe(plain.text);
  });

  it("follows a JSON schema, stops when the value is complete, and refuses a schema it cannot enforce", async () => {
    const schema = {
      type: "object",
      properties: { capital: { type: "string" }, sure: { type: "boolean" } },
      required: ["capital", "sure"],
    };
    for (const seed of [1, 2, 3]) {
      const answer = await ask("What is the capital of France?", {
        responseFormat: { type: "json_schema", schema },
        temperature: 1,
        seed,
        maxTokens: 200,
      });
      expect(JSON.parse(answer.text)).toEqual({ capital: expect.any(String), sure: expect.any(Boolean) });
      expect(answer.finishReason).toBe("stop");
    }
    const wrong = await errorOf(() => ask("Hi", { responseFormat: { type: "json_schema", schema: { type: "nonsense" } } }));
    expect(wrong).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
    expect((await ask("What is the capital of Italy?")).text).toContain("Rome");
  });

  it("streams text piece by piece", async () => {
    const chunks: Chunk[] = [];
    const request = { messages: [{ role: "user" as const, content: "What is the capital of France?" }], temperature: 0 };
    for await (const chunk of engine.complete(request)) chunks.push(chunk);
    expect(chunks.filter((c) => c.type === "text").length).toBeGreaterThan(2);
    expect(chunks.at(-2)).toEqual({ type: "end", choice: 0, reason: "stop" });
    expect(chunks.at(-1)).toMatchObject({ type: "finish", usage: { completionTokens: expect.any(Number) } });
  });

  it("stops on abort and gives the slot back", async () => {
    const interrupt = new AbortController();
    const long = { messages: [{ role: "user" as const, content: "Tell me something." }], temperature: 2, seed: 3, maxTokens: 400 };
    const work = async () => {
      for await (const chunk of engine.complete(long, { signal: interrupt.signal })) if (chunk.type === "text") interrupt.abort();
    };
    await expect(Promise.all([work(), work(), work()])).rejects.toThrow(/abort/i);
    expect((await ask("What is the capital of Italy?")).text).toContain("Rome");
  });

  it("gives a waiting request up when it is aborted", async () => {
    const slow = Array.from({ length: 3 }, (_, i) => ask("Tell me something.", { temperature: 2, seed: i, maxTokens: 200 }));
    const waiting = collectCompletion(engine, { messages: [{ role: "user", content: "Hi" }] }, { signal: AbortSignal.timeout(5) });
    await expect(waiting).rejects.toThrow(/timeout|abort/i);
    await Promise.all(slow);
  });

  it("refuses a prompt that does not fit into the context, with the numbers, and ends an answer where there is no more room", async () => {
    const long = await errorOf(() => ask("word ".repeat(600)));
    expect(long).toMatchObject({ code: "CONTEXT_LENGTH_EXCEEDED", httpStatus: 400 });
    expect(long.message).toMatch(/The prompt has \d{3,} tokens, which exceeds the available context size of 512\./);
    const most = await ask("Hi", { maxTokens: 100_000, ignoreEndTokens: true });
    expect(most.finishReason).toBe("length");
    expect(most.usage.promptTokens + most.usage.completionTokens).toBe(512);
  });

  it("ends at the context's end when nothing else ends the text", async () => {
    const answer = await ask("Tell me something.", { temperature: 2, seed: 1, topP: 1, stop: [], maxTokens: undefined as never });
    expect(["stop", "length"]).toContain(answer.finishReason);
    expect(answer.usage.promptTokens + answer.usage.completionTokens).toBeLessThanOrEqual(512);
  });
});

it("waits for running completions when it is closed, and takes no new ones", async () => {
  const own = await Engine.load(await openModelFile("demo"), { slots: 1, contextSize: 256 });
  const running = collectCompletion(own, { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  const closed = own.close();
  expect((await errorOf(() => collectCompletion(own, { messages: [{ role: "user", content: "Hi" }] }))).code).toBe("SHUTTING_DOWN");
  expect((await running).text).toContain("Paris");
  await closed;
});
