import { describe, expect, it } from "vitest";
import { JsonEnd } from "./json-end.js";

/** The text that JsonEnd takes for the value, fed in pieces of the given length; undefined when it saw no end. */
function valueOf(text: string, pieceLength: number): string | undefined {
  const end = new JsonEnd();
  for (let start = 0; start < text.length; start += pieceLength) {
    const taken = end.push(text.slice(start, start + pieceLength));
    if (taken !== undefined) return text.slice(0, start + taken);
  }
  return undefined;
}

describe.each([1, 3, 1000])("JsonEnd over pieces of %d characters", (pieceLength) => {
  it.each([
    ['{"a": 1}\n\n', '{"a": 1}'],
    ['{"a": {"b": [1, {}]}} x', '{"a": {"b": [1, {}]}}'],
    ['{"a": "}\\"}"}  ', '{"a": "}\\"}"}'],
    ['"yes" and', '"yes"'],
    ["[[], []]]", "[[], []]"],
    ["true ", "true"],
    ["-12.5\n", "-12.5"],
    [' {"a": 1}', ' {"a": 1}'],
  ])("%j ends after %j", (text, value) => expect(valueOf(text, pieceLength)).toBe(value));

  it.each(['{"a": 1', '{"a": "}', "12", '"a\\"', "[{}"])("%j has not ended", (text) => expect(valueOf(text, pieceLength)).toBeUndefined());
});
