import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embed, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { IDLE, QUESTION, readAll, serveForClients } from "../helpers/client-server.js";

const server = serveForClients();
const City = z.object({ city: z.enum(["Paris", "Rome"]), people: z.number().int() });

describe.each([
  ["the default provider: Responses", () => createOpenAI({ baseURL: server.baseUrl, apiKey: "none" })("demo")],
  ["the default provider: chat", () => createOpenAI({ baseURL: server.baseUrl, apiKey: "none" }).chat("demo")],
  [
    "the compatible provider",
    () => createOpenAICompatible({ name: "llmops", baseURL: server.baseUrl, supportsStructuredOutputs: true, includeUsage: true })("demo"),
  ],
])("the Vercel AI SDK with %s", (_, model) => {
  const ask = () => ({ model: model(), prompt: QUESTION, temperature: 0, maxRetries: 0 });

  it("generates and streams the same", async () => {
    const whole = await generateText(ask());
    expect(whole.text).toContain("Paris");
    expect(whole.usage.inputTokens).toBeGreaterThan(5);
    expect(whole.warnings).toEqual([]);
    const stream = streamText(ask());
    let text = "";
    for await (const piece of stream.textStream) text += piece;
    expect(text).toBe(whole.text);
    expect(await stream.finishReason).toBe("stop");
    expect((await stream.usage).outputTokens).toBe(whole.usage.outputTokens);
  });

  it("gives an object of a zod schema", async () => {
    const { output } = await generateText({ ...ask(), output: Output.object({ schema: City }) });
    expect(["Paris", "Rome"]).toContain(output.city);
  });

  it("runs a tool, and continues with its output", async () => {
    const asked: string[] = [];
    const getCity = tool({
      inputSchema: z.object({ name: z.enum(["Paris", "Rome"]) }),
      execute: ({ name }) => {
        asked.push(name);
        return "2 million people";
      },
    });
    const { steps } = await generateText({
      ...ask(),
      tools: { getCity },
      toolChoice: "required",
      stopWhen: stepCountIs(2),
      prepareStep: ({ stepNumber }) => (stepNumber === 0 ? {} : { toolChoice: "none" }),
      maxOutputTokens: 100,
    });
    expect(steps.map(({ toolCalls }) => toolCalls.length)).toEqual([1, 0]);
    expect(asked).toHaveLength(1);
    const plain = await generateText({ ...ask(), maxOutputTokens: 1 });
    expect(steps[1]?.usage.inputTokens).toBeGreaterThan(plain.usage.inputTokens ?? Infinity);
  });

  it("streams a call of a tool", async () => {
    const getCity = tool({ inputSchema: z.object({ name: z.enum(["Paris", "Rome"]) }), execute: () => "2 million people" });
    const stream = streamText({ ...ask(), tools: { getCity }, toolChoice: "required" });
    const parts: string[] = [];
    for await (const { type } of stream.fullStream) if (parts.at(-1) !== type) parts.push(type);
    expect(parts).toContain("tool-input-delta");
    expect(await stream.toolCalls).toMatchObject([{ toolName: "getCity", input: { name: expect.any(String) as string } }]);
  });

  it("throws an error that says what was wrong", async () => {
    const wrong = generateText({ ...ask(), topP: 7 });
    await expect(wrong).rejects.toBeInstanceOf(APICallError);
    await expect(wrong).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining("top_p") as string });
  });

  it("stops the generation when it aborts", async () => {
    const controller = new AbortController();
    const stream = streamText({
      ...ask(),
      prompt: "Tell me a long story.",
      temperature: 1,
      abortSignal: controller.signal,
      onError: () => undefined,
    });
    await readAll(stream.textStream, () => controller.abort());
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
  });
});

describe("the Vercel AI SDK", () => {
  it("embeds with either provider", async () => {
    const compatible = createOpenAICompatible({ name: "llmops", baseURL: server.baseUrl }).embeddingModel("demo");
    const standard = createOpenAI({ baseURL: server.baseUrl, apiKey: "none" }).embedding("demo");
    const [one, other] = [await embed({ model: compatible, value: QUESTION }), await embed({ model: standard, value: QUESTION })];
    expect(one.embedding).toHaveLength(256);
    expect(other.embedding).toEqual(one.embedding);
  });
});
