import { describe, expect, it } from "vitest";
import { isFiltered, isQuotaSpent, readServerWords } from "./server-words.js";

describe("readServerWords", () => {
  it.each([
    [
      "OpenAI",
      { error: { message: "too long", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } },
      "too long",
    ],
    [
      "vLLM",
      { object: "error", message: "maximum context length is 4096", type: "BadRequestError", code: 400 },
      "maximum context length is 4096",
    ],
    ["FastAPI, a text", { detail: "Not authenticated" }, "Not authenticated"],
    [
      "FastAPI, a list",
      { detail: [{ loc: ["body", "seed"], msg: "Extra inputs are not permitted" }] },
      "seed: Extra inputs are not permitted",
    ],
    ["Anthropic", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "Overloaded"],
    ["Ollama", { error: "model 'x' not found" }, "model 'x' not found"],
    ["Google", [{ error: { code: 400, message: "API key not valid" } }], "API key not valid"],
  ])("of %s", (_name, body, words) => expect(readServerWords(JSON.stringify(body)).message).toBe(words));

  it.each([
    ["slow down", "slow down"],
    ["<html><head><title>502 Bad Gateway</title></head><body>x</body></html>", 'a web page: "502 Bad Gateway"'],
    ["<html><body><h1>Sign in</h1></body></html>", 'a web page: "Sign in"'],
    ["", "nothing"],
    ['{"a":1}', '{"a":1}'],
  ])("of %s", (body, words) => expect(readServerWords(body).message).toBe(words));

  it("knows filters and spent accounts by their codes", () => {
    expect(isFiltered(readServerWords('{"error":{"code":"content_filter","message":"The response was filtered"}}'))).toBe(true);
    expect(isFiltered(readServerWords('{"error":{"code":"context_length_exceeded","message":"too long"}}'))).toBe(false);
    expect(isQuotaSpent(readServerWords('{"error":{"code":"insufficient_quota","message":"You exceeded your quota"}}'))).toBe(true);
    expect(isQuotaSpent(readServerWords('{"error":{"code":"rate_limit_exceeded","message":"slow down"}}'))).toBe(false);
  });
});
