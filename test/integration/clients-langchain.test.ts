import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { IDLE, QUESTION, readAll, serveForClients } from "../helpers/client-server.js";

const server = serveForClients();
const configuration = () => ({ baseURL: server.baseUrl });
const City = z.object({ city: z.enum(["Paris", "Rome"]), people: z.number().int() });
const getCity = tool(() => "2 million people", {
  name: "get_city",
  description: "Facts about a city",
  schema: z.object({ name: z.enum(["Paris", "Rome"]) }),
});

const promptTokens = ({ usage_metadata: usage }: { usage_metadata?: unknown }) =>
  (usage as { input_tokens?: number } | undefined)?.input_tokens ?? NaN;

describe.each([
  ["chat", false],
  ["Responses", true],
])("LangChain over the API %s", (_, useResponsesApi) => {
  const model = (more: object = {}) =>
    new ChatOpenAI({
      model: "demo",
      apiKey: "none",
      temperature: 0,
      maxRetries: 0,
      useResponsesApi,
      configuration: configuration(),
      ...more,
    });

  it("generates and streams the same", async () => {
    const whole = await model().invoke([new HumanMessage(QUESTION)]);
    expect(whole.text).toContain("Paris");
    expect(promptTokens(whole)).toBeGreaterThan(5);
    let text = "";
    for await (const piece of await model().stream(QUESTION)) text += piece.text;
    expect(text).toBe(whole.text);
  });

  it("gives an object of a zod schema", async () => {
    const answer = await model().withStructuredOutput(City, { method: "jsonSchema" }).invoke(QUESTION);
    expect(["Paris", "Rome"]).toContain(answer.city);
  });

  it("calls a tool, and takes what it gave", async () => {
    const question = new HumanMessage(QUESTION);
    const asked = await model().bindTools([getCity], { tool_choice: "get_city" }).invoke([question]);
    const calls = asked.tool_calls ?? [];
    expect(calls[0]).toMatchObject({ name: "get_city", args: { name: expect.any(String) as string } });
    const given = calls.map(({ id = "" }) => new ToolMessage({ content: "2 million people", tool_call_id: id }));
    const answer = await model({ maxTokens: 8 })
      .bindTools([getCity], { tool_choice: "none" })
      .invoke([question, asked, ...given]);
    const plain = await model({ maxTokens: 1 }).invoke([question]);
    expect(promptTokens(answer)).toBeGreaterThan(promptTokens(plain));
  });

  it("throws an error that says what was wrong", async () => {
    await expect(model({ topP: 7 }).invoke(QUESTION)).rejects.toMatchObject({ status: 400, param: "top_p" });
  });

  it("stops the generation when it aborts", async () => {
    const controller = new AbortController();
    const endless = model({ temperature: 1, maxTokens: 900 });
    const stream = await endless.stream("Tell me a long story.", { signal: controller.signal });
    await expect(readAll(stream, () => controller.abort())).rejects.toThrow(/abort/i);
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
  });
});

describe("LangChain", () => {
  it("embeds", async () => {
    const embeddings = new OpenAIEmbeddings({ model: "demo", apiKey: "none", maxRetries: 0, configuration: configuration() });
    expect(await embeddings.embedQuery(QUESTION)).toHaveLength(256);
  });
});
