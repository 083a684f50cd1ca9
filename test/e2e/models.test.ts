import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

describe("llmops models", () => {
  it("inspects a file by its header", async () => {
    const { stdout, code } = await runCli(["models", "inspect", "demo", "--ctx-size", "512", "--json"], temporaryFolder());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: "llmops.model/1", architecture: "llama", quantization: "Q8_0", context_length: 1024 },
      memory: [{ slots: 4, context: 512 }],
    });
    const missing = await runCli(["models", "inspect", "nothing.gguf"], temporaryFolder());
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("does not exist")]);
  });

  it("refuses to quantise what is quantised, and to write over a file", async () => {
    const folder = temporaryFolder();
    const refused = await runCli(["models", "quantize", "demo", "--out", "out.gguf"], folder);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("quantised already")]);
    expect(existsSync(join(folder, "out.gguf"))).toBe(false);
    const there = await runCli(["models", "quantize", "demo", "--out", folder], folder);
    expect([there.code, there.stderr]).toEqual([2, expect.stringContaining("cannot be written")]);
  });
});
