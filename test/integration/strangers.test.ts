import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { embed, generateText, streamText } from "ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
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

const QUESTION = "What is the capital of France?";

describe("the Vercel AI SDK", () => {
  const provider = () => createOpenAICompatible({ name: "llmops", baseURL: `${server.url}/v1` });

  it("generates, streams and embeds", async () => {
    const whole = await generateText({ model: provider()("demo"), prompt: QUESTION, temperature: 0 });
    expect(whole.text).toContain("Paris");
    expect(whole.usage.inputTokens).toBeGreaterThan(5);
    const stream = streamText({ model: provider()("demo"), prompt: QUESTION, temperature: 0 });
    let text = "";
    for await (const piece of stream.textStream) text += piece;
    expect(text).toBe(whole.text);
    const { embedding } = await embed({ model: provider().embeddingModel("demo"), value: QUESTION });
    expect(embedding).toHaveLength(256);
  });
});

describe("LangChain", () => {
  const configuration = () => ({ baseURL: `${server.url}/v1` });

  it("generates, streams and embeds", async () => {
    const model = new ChatOpenAI({ model: "demo", apiKey: "none", temperature: 0, maxRetries: 0, configuration: configuration() });
    const whole = await model.invoke([new HumanMessage(QUESTION)]);
    expect(whole.content).toContain("Paris");
    let text = "";
    for await (const piece of await model.stream(QUESTION)) text += piece.text;
    expect(text).toBe(whole.content);
    const embeddings = new OpenAIEmbeddings({ model: "demo", apiKey: "none", maxRetries: 0, configuration: configuration() });
    expect(await embeddings.embedQuery(QUESTION)).toHaveLength(256);
  });
});
