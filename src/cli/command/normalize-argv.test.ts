import { describe, expect, it } from "vitest";
import { normalizeArgv } from "./normalize-argv.js";

const FLAGS = {
  max_tokens: { type: "option" },
  "tracking-uri": { type: "option", aliases: ["mlflow_tracking_uri"] },
  "flash-attn": { type: "boolean" },
  system: { type: "option", char: "s" },
};

describe("normalizeArgv", () => {
  it.each([
    [
      ["--max-tokens", "5"],
      ["--max_tokens", "5"],
    ],
    [["--max-tokens=5"], ["--max_tokens=5"]],
    [
      ["--tracking_uri", "x_y"],
      ["--tracking-uri", "x_y"],
    ],
    [
      ["--mlflow-tracking-uri", "x"],
      ["--mlflow_tracking_uri", "x"],
    ],
    [["--no_flash_attn"], ["--no-flash-attn"]],
    [
      ["--system", "--max-tokens"],
      ["--system", "--max-tokens"],
    ],
    [
      ["-s", "--max-tokens", "--max-tokens", "3"],
      ["-s", "--max-tokens", "--max_tokens", "3"],
    ],
    [
      ["a-b", "--", "--max-tokens"],
      ["a-b", "--", "--max-tokens"],
    ],
    [["--unknown-flag"], ["--unknown-flag"]],
  ])("makes %j %j", (given, expected) => expect(normalizeArgv(given, FLAGS)).toEqual(expected));
});
