import { describe, expect, it } from "vitest";
import { z } from "zod";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseChatRequest } from "./wire-chat.js";
import { checkBody } from "./wire-fields.js";

const messages = [{ role: "user", content: "hi" }];

describe("what is wrong with a body", () => {
  it.each<[body: object, message: string]>([
    [{ messages: [] }, "messages: at least 1 entry is expected."],
    [{ messages, top_p: 2 }, "top_p: at most 1 is expected."],
    [{ messages, repeat_penalty: 0 }, "repeat_penalty: at least 0.01 is expected."],
    [{ messages, top_logprobs: "many" }, "top_logprobs: expected number, received string."],
    [{ messages, seed: "12a" }, "seed: a whole number of at most 20 digits is expected."],
    [{}, "messages: expected array."],
  ])("is said in plain words: %j", async (body, message) => {
    expect((await errorOf(() => parseChatRequest(body))).message).toBe(message);
  });

  it.each<[schema: z.ZodType, value: unknown, message: string]>([
    [z.object({ a: z.string().max(3) }), { a: "long" }, "a: at most 3 characters are expected."],
    [z.object({ a: z.number().gt(0) }), { a: 0 }, "a: more than 0 is expected."],
    [z.object({ a: z.record(z.string(), z.number()) }), { a: true }, "a: expected object, received boolean."],
    [z.object({ a: z.array(z.string()).max(2, "two at most") }), { a: ["", "", ""] }, "a: two at most."],
  ])("is said in the schema's own words where it has some", async (schema, value, message) => {
    expect((await errorOf(() => checkBody(schema, value))).message).toBe(message);
  });
});
