import { afterEach, expect, it, vi } from "vitest";
import { isTerminal } from "./terminal-output.js";
import { roomOnErrors } from "./terminal-screen.js";

afterEach(() => vi.unstubAllEnvs());

/** Standard error as a terminal of that size. */
function resize(columns: number, rows: number): void {
  Object.assign(process.stderr, { isTTY: true, columns, rows });
}

it("a terminal that does not know its size has room for everything, and nothing is drawn in place on it", () => {
  vi.stubEnv("COLUMNS", undefined);
  resize(0, 0);
  expect([isTerminal("stderr"), roomOnErrors()]).toEqual([false, { width: Infinity, rows: Infinity }]);
  resize(80, 24);
  expect([isTerminal("stderr"), roomOnErrors()]).toEqual([true, { width: 80, rows: 24 }]);
});
