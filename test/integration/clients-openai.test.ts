import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from "openai";
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { IDLE, QUESTION, readAll, serveForClients } from "../helpers/client-server.js";

const server = serveForClients();
const client = () => new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
const City = z.object({ city: z.enum(["Paris", "Rome"]), people: z.number().int(), note: z.string().optional().nullable() });
const cityTool = { name: "get_city", parameters: z.object({ name: z.enum(["Paris", "Rome"]) }) };

describe("the chat API of openai for Node", () => {
  const ask = { model: "demo", messages: [{ role: "user" as const, content: QUESTION }], temperature: 0 };

  it("streams what it answers whole", async () => {
    const whole = await client().chat.completions.create(ask);
    const stream = client().chat.completions.stream(ask);
    expect(await stream.finalContent()).toBe(whole.choices[0]?.message.content);
    expect(whole.choices[0]?.message.content).toContain("Paris");
  });

  it("parses an answer held to a zod schema", async () => {
    const { choices } = await client().chat.completions.parse({ ...ask, response_format: zodResponseFormat(City, "city") });
    expect(["Paris", "Rome"]).toContain(choices[0]?.message.parsed?.city);
  });

  it("runs a tool that the model has to call", async () => {
    const called: unknown[] = [];
    const tool = zodFunction({ ...cityTool, function: (input) => (called.push(input), "2 million people") });
    const runner = client().chat.completions.runTools(
      { ...ask, tools: [tool], tool_choice: { type: "function", function: { name: "get_city" } } },
      { maxChatCompletions: 2 },
    );
    await runner.done();
    expect(called).toEqual([expect.objectContaining({ name: expect.stringMatching(/^(Paris|Rome)$/) as string })]);
  });

  it("throws errors of its own types", async () => {
    await expect(client().chat.completions.create({ ...ask, top_p: 7 })).rejects.toBeInstanceOf(BadRequestError);
    await expect(client().models.retrieve("gpt-x")).rejects.toBeInstanceOf(NotFoundError);
  });

  it("stops the generation when it aborts", async () => {
    const endless = { ...ask, ignore_eos: true, max_completion_tokens: 900 };
    const stream = await client().chat.completions.create({ ...endless, stream: true });
    await readAll(stream, () => stream.controller.abort());
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
  });
});

describe("the Responses API of openai for Node", () => {
  const ask = { model: "demo", input: QUESTION, temperature: 0 };

  it("streams what it answers whole, in the order its own reader demands", async () => {
    const whole = await client().responses.create(ask);
    expect(whole).toMatchObject({ object: "response", status: "completed", model: "tools", error: null });
    expect(whole.output_text).toContain("Paris");
    expect(whole.usage?.total_tokens).toBe((whole.usage?.input_tokens ?? 0) + (whole.usage?.output_tokens ?? 0));
    const stream = client().responses.stream(ask);
    const types: string[] = [];
    const numbers: number[] = [];
    for await (const { type, sequence_number: number } of stream) {
      if (types.at(-1) !== type) types.push(type);
      numbers.push(number);
    }
    const final = await stream.finalResponse();
    expect(final.output_text).toBe(whole.output_text);
    expect(final.usage).toMatchObject({ input_tokens: whole.usage?.input_tokens, output_tokens: whole.usage?.output_tokens });
    expect(types).toEqual([
      ...["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"],
      ...["response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done"],
      "response.completed",
    ]);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it("continues a conversation that is kept, and forgets it when it is told to", async () => {
    const first = await client().responses.create(ask);
    const second = await client().responses.create({ ...ask, input: "And of Italy?", previous_response_id: first.id });
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.total_tokens ?? Infinity);
    const { output_text: text, ...kept } = await client().responses.retrieve(second.id);
    expect([text, kept.previous_response_id]).toEqual([second.output_text, first.id]);
    const items = [];
    for await (const item of client().responses.inputItems.list(second.id)) items.push(item);
    expect(items).toMatchObject([{ type: "message", role: "user", content: [{ type: "input_text", text: "And of Italy?" }] }]);
    await client().responses.delete(first.id);
    await expect(client().responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    const late = client().responses.create({ ...ask, previous_response_id: second.id });
    await expect(late).rejects.toMatchObject({ status: 400, code: "previous_response_not_found", param: "previous_response_id" });
  });

  it("forgets a response as the client for Python asks: with a content type, without a body", async () => {
    const { id } = await client().responses.create({ ...ask, max_output_tokens: 1 });
    const request = { method: "DELETE", headers: { "content-type": "application/json" } };
    const deleted = await fetch(`${server.baseUrl}/responses/${id}`, request);
    expect([deleted.status, await deleted.json()]).toEqual([200, { id, object: "response", deleted: true }]);
    expect((await fetch(`${server.baseUrl}/responses/${id}`, request)).status).toBe(404);
  });

  it("is told that a response can neither be canceled nor streamed again, and where a page cannot begin", async () => {
    const { id } = await client().responses.create({ ...ask, max_output_tokens: 1 });
    const words = { status: 400, code: "unsupported_parameter" };
    await expect(client().responses.cancel(id)).rejects.toMatchObject({ ...words, message: expect.stringMatching(/background/) as string });
    await expect(client().responses.retrieve(id, { stream: true })).rejects.toMatchObject({ ...words, param: "stream" });
    expect((await client().responses.retrieve(id, { stream: false })).id).toBe(id);
    const page = client().responses.inputItems.list(id, { after: "msg_unknown" });
    await expect(page).rejects.toMatchObject({ status: 400, param: "after" });
  });

  it("keeps nothing where store is false", async () => {
    const { id } = await client().responses.create({ ...ask, store: false, max_output_tokens: 4 });
    await expect(client().responses.retrieve(id)).rejects.toMatchObject({ status: 404, code: "response_not_found" });
  });

  it("says why an answer is incomplete", async () => {
    const whole = await client().responses.create({ ...ask, max_output_tokens: 2 });
    expect(whole).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, usage: { output_tokens: 2 } });
    const final = await client()
      .responses.stream({ ...ask, max_output_tokens: 2 })
      .finalResponse();
    expect(final).toMatchObject({ status: "incomplete", output_text: whole.output_text, output: [{ status: "incomplete" }] });
  });

  it("parses an answer held to a zod schema", async () => {
    const { output_parsed: parsed } = await client().responses.parse({ ...ask, text: { format: zodTextFormat(City, "city") } });
    expect(["Paris", "Rome"]).toContain(parsed?.city);
  });

  it("calls a function, whole and streamed, and takes what it gave", async () => {
    const called = { ...ask, tools: [zodResponsesFunction(cityTool)], tool_choice: "required" as const };
    const whole = await client().responses.parse(called);
    const call = whole.output.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_city", status: "completed", parsed_arguments: { name: expect.any(String) as string } });
    const stream = client().responses.stream(called);
    let text = "";
    stream.on("response.function_call_arguments.delta", ({ delta }) => (text += delta));
    const streamed = (await stream.finalResponse()).output.find((item) => item.type === "function_call");
    expect(streamed).toMatchObject({ name: "get_city", arguments: text });
    expect(JSON.parse(text)).toEqual(JSON.parse(call?.arguments ?? ""));
    const output = { type: "function_call_output" as const, call_id: call?.call_id ?? "", output: "2 million people" };
    const more = { tools: called.tools, previous_response_id: whole.id, max_output_tokens: 8 };
    const next = await client().responses.create({ ...ask, ...more, input: [output] });
    expect(next.usage?.input_tokens).toBeGreaterThan(whole.usage?.input_tokens ?? Infinity);
  });

  it("gives the log-probabilities of tokens", async () => {
    const logprobs = { include: ["message.output_text.logprobs" as const], top_logprobs: 2, max_output_tokens: 3 };
    const { output } = await client().responses.create({ ...ask, ...logprobs });
    const [item] = output;
    const part = item?.type === "message" ? item.content[0] : undefined;
    expect(part).toMatchObject({ type: "output_text", logprobs: [{}, {}, {}] });
    const final = await client()
      .responses.stream({ ...ask, ...logprobs })
      .finalResponse();
    expect(final.output[0]).toMatchObject({ content: [part] });
  });

  it("counts the tokens of a prompt", async () => {
    const { usage } = await client().responses.create({ ...ask, max_output_tokens: 1 });
    expect(await client().responses.inputTokens.count(ask)).toEqual({ object: "response.input_tokens", input_tokens: usage?.input_tokens });
  });

  it("refuses by name what it does not have, before a stream begins too", async () => {
    const search = client().responses.create({ ...ask, tools: [{ type: "web_search" }] });
    await expect(search).rejects.toMatchObject({ status: 400, code: "unsupported_parameter", param: "tools[0].type" });
    const later = client().responses.create({ ...ask, background: true });
    await expect(later).rejects.toMatchObject({ code: "unsupported_parameter", param: "background" });
    const picture = { type: "input_image" as const, image_url: "data:,", detail: "auto" as const };
    const shown = client().responses.create({ ...ask, input: [{ role: "user", content: [picture] }] });
    await expect(shown).rejects.toBeInstanceOf(BadRequestError);
    const wrong = client().responses.create({ ...ask, stream: true, temperature: -1 });
    await expect(wrong).rejects.toMatchObject({ status: 400, param: "temperature" });
    const parameters = { type: "object", properties: { a: { $ref: "#/nowhere" } } };
    const held = client().responses.create({ ...ask, tools: [{ type: "function", name: "f", strict: true, parameters }] });
    await expect(held).rejects.toMatchObject({ status: 400, param: "tools[0].parameters" });
    const counted = client().responses.inputTokens.count({
      ...ask,
      tools: [{ type: "function", name: "a b", strict: false, parameters: {} }],
    });
    await expect(counted).rejects.toMatchObject({ status: 400, param: "tools.0.name" });
  });

  it("stops the generation when it aborts", async () => {
    const endless = { ...ask, ignore_eos: true, max_output_tokens: 900 };
    const stream = await client().responses.create({ ...endless, stream: true });
    for await (const { type } of stream) if (type === "response.output_text.delta") stream.controller.abort();
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
    const controller = new AbortController();
    const whole = client().responses.create(endless, { signal: controller.signal });
    await expect.poll(() => server.engine.state).toMatchObject({ busySlots: 1 });
    controller.abort();
    await expect(whole).rejects.toBeInstanceOf(APIUserAbortError);
    await expect.poll(() => server.engine.state).toMatchObject(IDLE);
  });
});
