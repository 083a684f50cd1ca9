import { expect, it } from "vitest";
import { visibleText } from "./visible-text.js";

it("writes out what reorders a text or is not seen, and leaves all else as it is", () => {
  expect(visibleText("x\u202eevil \u0000 \u2066a")).toBe("x\\u202eevil \\u0000 \\u2066a");
  expect(visibleText("שלום\tline\r\n👩‍👩‍👧 日本語")).toBe("שלום\tline\r\n👩‍👩‍👧 日本語");
});
