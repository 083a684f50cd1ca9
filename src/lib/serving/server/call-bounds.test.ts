import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { Call, JsonObject } from "../../inference/gateway/call.js";
import { answersAsked, askedTokens, promptBound, withOneBound, withStandardBound } from "./call-bounds.js";

const toCall = (path: string, body: JsonObject): Call => ({
  path,
  body,
  method: "POST",
  stream: false,
  includeUsage: false,
  requestId: "r",
  deadlines: { totalMs: 1, firstTokenMs: undefined, stallMs: undefined },
});

describe("the bounds of a call", () => {
  it.each([
    ["n", "x"],
    ["n", 1.5],
    ["n", -1],
    ["n", 129],
    ["best_of", [2]],
    ["max_tokens", -100_000],
    ["max_tokens", 1e300],
    ["max_tokens", "5"],
    ["max_completion_tokens", 0.5],
    ["n_predict", -2],
  ])("are refused where %s is %j", async (name, value) => {
    expect(await errorOf(() => withOneBound({ [name]: value }))).toMatchObject({ code: "INVALID_ARGUMENT", param: name });
  });

  it("are the smallest of several, in every field that is sent on", () => {
    const body = withOneBound({ max_completion_tokens: 1, max_tokens: 1500, n: null });
    expect(body).toEqual({ max_completion_tokens: 1, max_tokens: 1, n: null });
    expect(askedTokens(body)).toBe(1);
    expect(askedTokens({})).toBeUndefined();
  });

  it("stand in max_tokens, which every upstream heeds, where only another engine's name was said", () => {
    expect(withStandardBound({ n_predict: 7 }, 7)).toEqual({ n_predict: 7, max_tokens: 7 });
    expect(withStandardBound({ max_completion_tokens: 7 }, 7)).toEqual({ max_completion_tokens: 7 });
  });

  it("count every answer to every prompt, and media", () => {
    expect(answersAsked(toCall("/v1/completions", { prompt: Array.from({ length: 50 }, () => "x"), n: 2, best_of: 3 }))).toBe(150);
    expect(answersAsked(toCall("/v1/completions", { prompt: [1, 2, 3] }))).toBe(1);
    expect(answersAsked(toCall("/v1/chat/completions", { n: 4 }))).toBe(4);
    const messages = [{ role: "user", content: [{ type: "text" }, { type: "image_url", image_url: { url: "http://x/y" } }] }];
    expect(promptBound(toCall("/v1/chat/completions", { messages }))).toBeGreaterThan(16_384);
  });
});
