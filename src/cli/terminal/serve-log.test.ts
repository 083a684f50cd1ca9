import { expect, it } from "vitest";
import pino from "pino";
import { escaping, toLine } from "./serve-log.js";

it.each([
  [
    { msg: "request", method: "POST", path: "/infer", status: 200, ms: 22.5, promptTokens: 15, completionTokens: 8, reqId: "r1" },
    "POST /infer 200, 22.5 ms, 15 + 8 tokens  r1",
  ],
  [{ msg: "request", method: "GET", path: "/health", status: 200, ms: 1 }, "GET /health 200, 1 ms"],
  [{ msg: "refused", reason: "temperature: Too big", reqId: "r2" }, "refused: temperature: Too big  r2"],
  [
    { msg: "refused", reason: "no model a\nPOST /infer 200\r\n\u001b]52;c;eA==\u0007\u202e", reqId: "r\n3\u009b2J" },
    "refused: no model a POST /infer 200 \\x1b]52;c;eA==\\x07\\u202e  r 3\\x9b2J",
  ],
  [{ msg: "request", method: "GET", path: "/\u001b[2J\n", status: 404, ms: 1, reqId: "r4" }, "GET /\\x1b[2J  404, 1 ms  r4"],
])("%j is shown as %j", (entry, line) => expect(toLine(entry)).toBe(line));

it("is one JSON object a line in which nothing is raw that a terminal obeys, and which says the same", () => {
  let written = "";
  const log = pino({ base: null }, escaping({ write: (line) => (written += line) }));
  const model = "a\nb\r\u001b]0;x\u0007\u009b2J\u0085\u2028\u202e\u{e0041}\u007f";
  log.info({ model, [`key ${model}`]: new Error(model).message }, model);
  expect(written).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u{e0041}]*\n$/u);
  expect(JSON.parse(written)).toMatchObject({ model, [`key ${model}`]: model, msg: model });
});
