import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { studyPlan } from "../../../../test/helpers/study-plan.js";
import { parseFixed, parseSearchSpace } from "./search-space.js";
import { toRequest } from "./run-cell.js";

const SCHEMA = { type: "object", properties: { a: { type: "string" }, b: { type: "number" } } };
const JSON_SCHEMA = JSON.stringify({ type: "json_schema", json_schema: { name: "answer", strict: true, schema: SCHEMA } });

function requestOf(...words: string[]) {
  const plan = studyPlan([], 1, { strategies: [parseFixed(words)] });
  return toRequest(plan, { setting: 0, sample: 0, repeat: 0 });
}

describe("response_format", () => {
  it("holds a model here to a schema, and reaches an endpoint as it was written", () => {
    expect(requestOf(`response_format=${JSON_SCHEMA}`)).toMatchObject({
      responseFormat: { type: "json_schema", schema: SCHEMA },
      extra: { response_format: JSON.parse(JSON_SCHEMA) as object },
    });
    expect(requestOf("response_format=json_object")).toMatchObject({
      responseFormat: { type: "json_object" },
      extra: { response_format: { type: "json_object" } },
    });
    expect(requestOf("response_format=text").responseFormat).toBeUndefined();
  });

  it("may be varied: each is one value, whatever commas it has", () => {
    const [dimension] = parseSearchSpace([`response_format=${JSON_SCHEMA}`, "response_format", "json_object"]);
    expect(dimension?.values).toEqual([JSON_SCHEMA, '{"type":"json_object"}']);
    expect(parseSearchSpace(['body={"a": 1, "b": 2}'])[0]?.values).toEqual(['{"a": 1, "b": 2}']);
  });

  it.each(["json", '{"type": "json_schema"}', "{", "[]"])("is not %s", async (text) => {
    const error = await errorOf(() => parseFixed([`response_format=${text}`]));
    expect([error.code, error.message]).toEqual(["INVALID_ARGUMENT", expect.stringContaining("is not the format of an answer")]);
  });
});

describe("max_completion_tokens", () => {
  it("is the limit max_tokens is, under the name that an endpoint gets then and no other", () => {
    const { maxTokens, extra } = requestOf("max_completion_tokens=9");
    expect([maxTokens, extra]).toEqual([9, { max_tokens: null, max_completion_tokens: 9 }]);
  });

  it("does not stand beside max_tokens", async () => {
    const error = await errorOf(() => parseFixed(["max_tokens=1", "max_completion_tokens=2"]));
    expect(error.message).toBe("max_tokens and max_completion_tokens are one limit, under two names.");
  });
});

it("a name that is not a parameter is told with the nearest one, and what else can be done", async () => {
  const error = await errorOf(() => parseFixed(["topp=0.9"], { otherwise: (name) => `Or --set-extra ${name}.` }));
  expect([error.message, error.hint]).toEqual([
    'Unknown parameter "topp".',
    expect.stringMatching(/^Did you mean top_p\? Or --set-extra topp\. Parameters: /),
  ]);
});
