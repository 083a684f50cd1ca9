import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/convert", import.meta.url));

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

  it("converts a Hugging Face folder, the same with one thread and with several, and the file answers", async () => {
    const folder = temporaryFolder();
    const convert = (out: string, ...flags: string[]) =>
      runCli(["models", "convert", join(FIXTURES, "llama3"), "--out", out, ...flags], folder);
    const { stdout, code } = await convert("one.gguf", "--type", "q8_0", "--threads", "1", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { schema: "llmops.convert/1", from: { class: "LlamaForCausalLM" }, to: { architecture: "llama", quantization: "Q8_0" }, notes: [] },
    ]);
    const several = await convert("two.gguf", "--type", "q8_0", "--threads", "2");
    expect([several.code, several.stdout]).toEqual([0, expect.stringContaining("llama, Q8_0")]);
    expect(readFileSync(join(folder, "two.gguf"))).toEqual(readFileSync(join(folder, "one.gguf")));
    expect((await convert("two.gguf")).stderr).toContain("is there already");
    const doctor = await runCli(["doctor", "--model_path", "one.gguf", "--load"], folder);
    expect(doctor.stdout + doctor.stderr).not.toContain("cannot be loaded");
  });

  it("converts an adapter for its model", async () => {
    const folder = temporaryFolder();
    const adapter = join(FIXTURES, "adapters", "llama3-lora");
    await runCli(["models", "convert", join(FIXTURES, "llama3"), "--out", "base.gguf"], folder);
    const { stdout, code } = await runCli(["models", "convert", adapter, "--base", "base.gguf", "--out", "v1.gguf"], folder);
    expect([code, stdout]).toEqual([0, expect.stringContaining("an adapter for llama")]);
    const refusals: [string[], string][] = [
      [["--out", "x.gguf"], "--base FILE"],
      [["--out", "x.gguf", "--base", "demo"], "is not one of demo"],
      [["--out", "x.gguf", "--base", "base.gguf", "--type", "q8_0"], "--type does nothing"],
    ];
    for (const [flags, message] of refusals) {
      const refused = await runCli(["models", "convert", adapter, ...flags], folder);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".gguf"))).toEqual(["base.gguf", "v1.gguf"]);
  });

  it("names an architecture it cannot convert, and what is no folder", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), JSON.stringify({ architectures: ["MambaForCausalLM"] }));
    const refused = await runCli(["models", "convert", ".", "--out", "m.gguf"], folder);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("MambaForCausalLM")]);
    expect(refused.stderr).toContain("LlamaForCausalLM");
    const file = await runCli(["models", "convert", "config.json", "--out", "m.gguf"], folder);
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining("is no folder")]);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });
});
