import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { parseChatRequest } from "./wire.js";

const messages = [{ role: "user", content: "Hi" }];

describe("parseChatRequest", () => {
  it("takes OpenAI's names, nulls as absent, and content parts", () => {
    const { completion, stream, includeUsage } = parseChatRequest({
      model: "any",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ],
      temperature: 0.5,
      top_p: null,
      top_k: 3,
      max_tokens: 5,
      max_completion_tokens: 7,
      stop: "x",
      seed: 1,
      stream: true,
      stream_options: { include_usage: true },
      user: "ignored because it does not change the answer",
    });
    expect(completion).toEqual({
      messages: [{ role: "user", content: "ab" }],
      temperature: 0.5,
      topK: 3,
      maxTokens: 7,
      stop: ["x"],
      seed: 1,
    });
    expect([stream, includeUsage]).toEqual([true, true]);
  });

  it("takes a JSON schema for the answer", () => {
    const schema = { type: "object", properties: { score: { enum: [1, 2] } } };
    const { completion } = parseChatRequest({ messages, response_format: { type: "json_schema", json_schema: { name: "x", schema } } });
    expect(completion.responseSchema).toEqual(schema);
  });

  it.each([
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages.0.role"],
    [{ messages, temperature: 3 }, "temperature"],
    [{ messages, max_tokens: 0 }, "max_tokens"],
    [{ messages, stop: ["1", "2", "3", "4", "5"] }, "stop"],
    [{ messages, seed: -1 }, "seed"],
    [{ messages, response_format: { type: "json_object" } }, "response_format.type"],
    [{ messages, response_format: { type: "json_schema" } }, "response_format.json_schema"],
  ])("refuses %j naming %s", async (body, param) => {
    const error = await errorOf(() => parseChatRequest(body));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", httpStatus: 400, param });
  });

  it.each([
    [{ messages, tools: [{ type: "function" }] }, "tools"],
    [{ messages, n: 2 }, "n"],
    [{ messages, logprobs: true }, "logprobs"],
  ])("refuses what it cannot do, never ignores it: %j", async (body, param) => {
    expect(await errorOf(() => parseChatRequest(body))).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param });
  });

  it("accepts the neutral values of what it cannot do", () => {
    expect(() => parseChatRequest({ messages, n: 1, logprobs: false, response_format: { type: "text" }, tools: null })).not.toThrow();
  });

  it("refuses a body that is no object", async () => {
    expect((await errorOf(() => parseChatRequest("x"))).message).toContain("The request body");
  });
});
