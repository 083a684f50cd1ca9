import { InferenceClient } from "@huggingface/inference";
import { describe, expect, it } from "vitest";
import { IDLE, QUESTION, readAll, serveForClients } from "../helpers/client-server.js";

const server = serveForClients();
const client = () => new InferenceClient(undefined, { endpointUrl: server.baseUrl });
const tools = [
  {
    type: "function" as const,
    function: {
      name: "get_city",
      parameters: { type: "object", properties: { name: { type: "string", enum: ["Paris", "Rome"] } }, required: ["name"] },
    },
  },
];

describe("the client of Hugging Face, with an endpoint of its own", () => {
  const ask = { model: "demo", messages: [{ role: "user", content: QUESTION }], temperature: 0 };

  it("generates and streams the same", async () => {
    const whole = await client().chatCompletion(ask);
    expect(whole.choices[0]?.message.content).toContain("Paris");
    let text = "";
    for await (const { choices } of client().chatCompletionStream(ask)) text += choices[0]?.delta.content ?? "";
    expect(text).toBe(whole.choices[0]?.message.content);
  });

  it("calls a tool", async () => {
    const { choices } = await client().chatCompletion({ ...ask, tools, tool_choice: "required" });
    expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "get_city" } }]);
  });

  it("throws an error that says what was wrong", async () => {
    await expect(client().chatCompletion({ ...ask, top_p: 7 })).rejects.toMatchObject({ httpResponse: { status: 400 } });
  });

  it("stops the generation when it aborts", async () => {
    const controller = new AbortController();
    const stream = client().chatCompletionStream({ ...ask, temperature: 1, max_tokens: 900 }, { signal: controller.signal });
    await expect(readAll(stream, () => controller.abort())).rejects.toThrow(/abort/i);
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
  });
});
