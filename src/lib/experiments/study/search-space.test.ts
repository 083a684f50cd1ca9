import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseSearchSpace } from "./search-space.js";

describe("parseSearchSpace", () => {
  it.each([
    ["temperature 0.1..0.9", [{ name: "temperature", values: [0.1, 0.3, 0.5, 0.7, 0.9] }]],
    ["temperature=0.1..0.9", [{ name: "temperature", values: [0.1, 0.3, 0.5, 0.7, 0.9] }]],
    ["temperature 0..2:0.5", [{ name: "temperature", values: [0, 0.5, 1, 1.5, 2] }]],
    ["temperature 0.1..0.9:0.3", [{ name: "temperature", values: [0.1, 0.4, 0.7] }]],
    ["temperature 0.1,0.3,0.7", [{ name: "temperature", values: [0.1, 0.3, 0.7] }]],
    ["temperature 0.5", [{ name: "temperature", values: [0.5] }]],
    ["temperature 0.5..0.5", [{ name: "temperature", values: [0.5] }]],
    ["top-k 1..40", [{ name: "top_k", values: [1, 11, 21, 30, 40] }]],
    ["max_tokens 1..3", [{ name: "max_tokens", values: [1, 2, 3] }]],
    ["frequency_penalty=-1..1:1", [{ name: "frequency_penalty", values: [-1, 0, 1] }]],
    [
      "temperature 0,1 top_p=0.5,0.9",
      [
        { name: "temperature", values: [0, 1] },
        { name: "top_p", values: [0.5, 0.9] },
      ],
    ],
  ])("reads %s", (typed, expected) => {
    expect(parseSearchSpace(typed.split(" "))).toEqual(expected);
  });

  it("takes texts whole, once for every time they are named, and names as lists", () => {
    expect(parseSearchSpace(["system=", "system=Be brief, please.", "model=a.gguf, b.gguf", "threads", "1,2"])).toEqual([
      { name: "system", values: ["", "Be brief, please."] },
      { name: "model", values: ["a.gguf", "b.gguf"] },
      { name: "threads", values: [1, 2] },
    ]);
  });

  it.each([
    ["temperature 0.9..0.1:0.2", "INVALID_RANGE", /0\.9\.\.0\.1:0\.2.*starts at 0\.9, above its end 0\.1/, /0\.1\.\.0\.9:0\.2/],
    ["temperature abc", "INVALID_RANGE", /"abc" is not a range or list of numbers/, /0\.1\.\.0\.9/],
    ["temperature 0.1,x", "INVALID_RANGE", /"0\.1,x" is not .*"x"/, /list/],
    ["temperature 0.1,", "INVALID_RANGE", /is not a range or list/, /list/],
    ["temperature 0..1:0", "INVALID_RANGE", /step/, /0\.1/],
    ["temperature 0..2:0.0001", "INVALID_RANGE", /20001 points/, /larger step/],
    ["temperature 0..3", "INVALID_RANGE", /temperature = 2\.25 is out of range/, /from 0 to 2/],
    ["top_p 0,0.5", "INVALID_RANGE", /top_p = 0 /, /above 0/],
    ["top_k 1.5", "INVALID_RANGE", /top_k = 1\.5/, /whole number/],
    ["temperature", "INVALID_RANGE", /temperature has no values/, /0\.1\.\.0\.9/],
    ["temprature 0.1..0.9", "UNKNOWN_PARAMETER", /"temprature"/, /temperature, top_p/],
    ["constructor 1", "UNKNOWN_PARAMETER", /"constructor"/, /temperature/],
    ["temperature 0.1 temperature=0.2", "INVALID_ARGUMENT", /given twice/, /one list/],
    ["cache_type f16,q4", "INVALID_RANGE", /cache_type = q4 is not a known value/, /f16, q8_0/],
    ["slots 0", "INVALID_RANGE", /slots = 0/, /from 1 to 256/],
  ])("refuses '%s'", async (typed, code, message, hint) => {
    const error = await errorOf(() => parseSearchSpace(typed.split(" ").filter((word) => word !== "")));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});
