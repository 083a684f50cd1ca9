import { expect, it } from "vitest";
import { toLine } from "./serve-log.js";

it.each([
  [
    { msg: "request", method: "POST", path: "/infer", status: 200, ms: 22.5, promptTokens: 15, completionTokens: 8, reqId: "r1" },
    "POST /infer 200, 22.5 ms, 15 + 8 tokens  r1",
  ],
  [{ msg: "request", method: "GET", path: "/health", status: 200, ms: 1 }, "GET /health 200, 1 ms"],
  [{ msg: "refused", reason: "temperature: Too big", reqId: "r2" }, "refused: temperature: Too big  r2"],
])("%j is shown as %j", (entry, line) => expect(toLine(entry)).toBe(line));
