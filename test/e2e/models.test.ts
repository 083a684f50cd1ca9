import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { freePort } from "../helpers/free-port.js";
import { hubMirror } from "../helpers/hub-mirror.js";
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

  it("refuses to quantize what is quantized, and to write over a file", async () => {
    const folder = temporaryFolder();
    const refused = await runCli(["models", "quantize", "demo", "--out", "out.gguf"], folder);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("quantized already")]);
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
    expect((await convert("two.gguf")).stderr).toContain("already exists");
    const doctor = await runCli(["doctor", "--model_path", "one.gguf", "--load"], folder);
    expect(doctor.stdout + doctor.stderr).not.toContain("cannot be loaded");
  });

  it("converts an adapter for its model", async () => {
    const folder = temporaryFolder();
    const adapter = join(FIXTURES, "adapters", "llama3-lora");
    await runCli(["models", "convert", join(FIXTURES, "llama3"), "--out", "base.gguf"], folder);
    const { stdout, code } = await runCli(["models", "convert", adapter, "--base", "base.gguf", "--out", "v1.gguf"], folder);
    expect([code, stdout]).toEqual([0, expect.stringContaining("adapter for llama")]);
    const refusals: [string[], string][] = [
      [["--out", "x.gguf"], "--base FILE"],
      [["--out", "x.gguf", "--base", "demo"], "does not fit demo"],
      [["--out", "x.gguf", "--base", "base.gguf", "--type", "q8_0"], "--type does nothing"],
    ];
    for (const [flags, message] of refusals) {
      const refused = await runCli(["models", "convert", adapter, ...flags], folder);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".gguf"))).toEqual(["base.gguf", "v1.gguf"]);
  });

  it("names an architecture it cannot convert, and what is not a folder", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), JSON.stringify({ architectures: ["MambaForCausalLM"] }));
    const refused = await runCli(["models", "convert", ".", "--out", "m.gguf"], folder);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("MambaForCausalLM")]);
    expect(refused.stderr).toContain("LlamaForCausalLM");
    const file = await runCli(["models", "convert", "config.json", "--out", "m.gguf"], folder);
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining("is not a folder")]);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });

  it("pulls from a mirror, lists, verifies and removes what is in the cache, and nothing else", async () => {
    const folder = temporaryFolder();
    const demo = JSON.parse((await runCli(["models", "inspect", "demo", "--json"], folder)).stdout) as { path: string };
    const files = { "me/tiny/tiny.gguf": readFileSync(demo.path) };
    const mirror = await hubMirror({ files, tags: { "me/tiny:Q8_0": "tiny.gguf" } });
    const run = (...args: string[]) => runCli(["models", ...args], folder, { HF_ENDPOINT: mirror.url });
    const pulled = await run("pull", "hf:me/tiny:Q8_0");
    expect([pulled.code, pulled.stdout]).toEqual([
      0,
      expect.stringMatching(/hf_me_tiny_tiny\.Q8_0\.gguf: Q8_0, 6 MiB; downloaded, checksum verified/),
    ]);
    await run("convert", join(FIXTURES, "llama3"), "--out", "own.gguf");
    const list = await run("list", "--json");
    const { models } = JSON.parse(list.stdout) as { models: { model: string; kind: string; quantization: string }[] };
    expect(models.map(({ kind, quantization }) => [kind, quantization])).toEqual([
      ["demo", "Q8_0"],
      ["pulled", "Q8_0"],
    ]);
    const path = models[1]?.model ?? "";
    expect((await run("verify")).stdout).toContain("right");
    expect((await run("verify", "own.gguf")).stdout).toContain("no checksum is known");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const wrong = await run("verify");
    expect([wrong.code, wrong.stdout]).toEqual([3, expect.stringContaining("its checksum is")]);
    const foreign = await run("rm", "hf_me_tiny_tiny.Q8_0", "own.gguf");
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('no "own.gguf"')]);
    expect([existsSync(path), existsSync(join(folder, "own.gguf"))]).toEqual([true, true]);
    expect((await run("rm", "hf_me_tiny_tiny.Q8_0")).stdout).toContain("Removed hf_me_tiny_tiny.Q8_0 (6 MiB)");
    expect(readdirSync(dirname(path))).toEqual([]);
    const used = await runCli(["doctor", "--model_path", "hf:me/tiny:Q8_0"], folder, { HF_ENDPOINT: mirror.url });
    expect(used.stdout).toContain("hf_me_tiny");
    const away = await runCli(["models", "pull", "hf:me/tiny"], folder, { HF_ENDPOINT: `http://127.0.0.1:${await freePort()}` });
    expect([away.code, away.stderr]).toEqual([3, expect.stringContaining("HF_ENDPOINT")]);
  });
});
