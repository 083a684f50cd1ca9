import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { post } from "../helpers/gateway-server.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { FIXTURES, makeTinyModel, type TinyModel } from "../helpers/tiny-model.js";

let tiny: TinyModel;
beforeAll(async () => void (tiny = await makeTinyModel()));
afterAll(() => tiny.remove());

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

async function serve(args: string[], folder = temporaryFolder()) {
  const server = startCli(["serve", "--port", "0", "--ctx-size", "128", "--slots", "2", ...args], folder);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  const [, url = ""] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  await server.seen(/Press Ctrl\+C/);
  const ask = async (model: string | undefined) => {
    const body = { prompt: "The other", max_tokens: 8, temperature: 0, ...(model !== undefined && { model }) };
    const { status, text } = await post(`${url}/v1/completions`, body);
    const answer = JSON.parse(text) as { model?: string; choices?: { text: string }[]; error?: { message: string; code: string } };
    return { status, model: answer.model, text: answer.choices?.[0]?.text, error: answer.error };
  };
  return { url, ask, server };
}

describe("serve with several models", () => {
  it("answers by the model or adapter that is asked for, loads on demand and says what is loaded", async () => {
    const folder = temporaryFolder();
    cpSync(join(FIXTURES, "adapters", "llama3-lora"), join(folder, "v1"), { recursive: true });
    const names = ["--model_path", "demo", "--model", `tiny=${tiny.base.path}`, "--adapter", "tiny:v1=v1", "--adapter", `tiny:half=v1:0.5`];
    const { url, ask, server } = await serve([...names, "--models-max", "3"], folder);
    await server.seen(/Loaded on request: tiny, tiny:v1, tiny:half \(at most 3 at a time\)/);
    expect(await json(`${url}/status`)).toMatchObject({
      cached_models: 1,
      cached_model_info: [{ base_model: "demo", version: "base", loaded: true }],
    });
    const [standard, plain, adapted, half] = [await ask(undefined), await ask("tiny"), await ask("tiny:v1"), await ask("tiny:half")];
    expect([standard, plain, adapted, half].map(({ model }) => model)).toEqual(["demo", "tiny", "tiny:v1", "tiny:half"]);
    expect(new Set([standard, plain, adapted, half].map(({ text }) => text)).size).toBe(4);
    const unknown = await ask("gpt-4");
    expect([unknown.status, unknown.error?.code]).toEqual([404, "model_not_found"]);
    expect(await json(`${url}/models`)).toMatchObject({
      models: [
        { base_model: "demo", versions: ["base"] },
        { base_model: "tiny", versions: ["base", "v1", "half"] },
      ],
    });
    const { data } = (await json(`${url}/v1/models`)) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(["demo", "tiny", "tiny:v1", "tiny:half"]);
    // three are loaded at most: v1 went for half, and tiny stays under it
    const { cached_model_info: loaded } = (await json(`${url}/status`)) as { cached_model_info: { base_model: string; version: string }[] };
    expect(loaded.map(({ base_model, version }) => `${base_model}:${version}`)).toEqual(["demo:base", "tiny:base", "tiny:half"]);
    const infer = await post(`${url}/infer`, { prompt: "Hi", base_model: "tiny", adapter_version: "v1", max_new_tokens: 2 });
    expect(JSON.parse(infer.text)).toMatchObject({ metadata: { model: "tiny", version: "v1" } });
    expect((await post(`${url}/infer`, { prompt: "Hi", adapter_version: "v9" })).status).toBe(404);
    const tokens = await post(`${url}/tokenize`, { content: "the other", model: "tiny" });
    expect(JSON.parse(tokens.text)).toMatchObject({ max_model_len: 128 });
    const metrics = await (await fetch(`${url}/prometheus`)).text();
    expect(metrics).toMatch(/model_cache_misses_total\{model="tiny",version="v1"\} 2/);
    expect(metrics).toMatch(/model_cache_hits_total\{model="tiny",version="base"\} 1/);
    expect(metrics).toMatch(/llmops_model_unloads_total\{model="tiny",version="(v1|half)",reason="room"\} 1/);
    expect(metrics).toMatch(/successful_inferences_total\{model="tiny",version="half",domain="general"\} 1/);
  });

  it("is quantized once with --load_in_8bit, and takes the first --model as default", async () => {
    const { url, server } = await serve(["--model", `tiny=${tiny.base.path}`, "--load_in_8bit"]);
    await server.seen(/tiny: F16, \d+ KiB -> Q8_0, \d+ KiB; in memory with 2 x 128 tokens/);
    expect(await json(`${url}/health`)).toMatchObject({ model: "tiny" });
  });

  it("lets a newer version of a registered model take over while it goes on answering", async () => {
    const folder = temporaryFolder();
    const put = async (path: string, version: string) => {
      const registered = await runCli(["mlflow", "register", "qa", path], folder);
      const promoted = await runCli(["mlflow", "promote", "qa", version, "--stage", "Production"], folder);
      expect(registered.stderr + promoted.stderr).toBe("");
    };
    copyFileSync(tiny.base.path, join(folder, "one.gguf"));
    await put("one.gguf", "1");
    const { ask, url, server } = await serve(["--model", "qa=models:/qa/Production", "--models-reload", "1"], folder);
    const before = await ask("qa");
    expect(before.status).toBe(200);
    const demo = await runCli(["models", "inspect", "demo", "--json"], folder);
    copyFileSync((JSON.parse(demo.stdout) as { path: string }).path, join(folder, "two.gguf"));
    const statuses: number[] = [];
    let stop = false;
    const asking = (async () => {
      while (!stop) statuses.push((await ask("qa")).status);
    })();
    await put("two.gguf", "2");
    await server.seen(/qa is now .*\(models:\/qa\/Production\)/);
    stop = true;
    await asking;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await ask("qa")).text).not.toBe(before.text);
    expect(await (await fetch(`${url}/prometheus`)).text()).toMatch(
      /llmops_model_unloads_total\{model="qa",version="base",reason="newer"\} 1/,
    );
  });

  it.each([
    [["--model", "tiny"], /--model tiny is not NAME=PATH/],
    [["--model", "a=demo", "--model", "a=demo"], /"a" is named twice/],
    [["--model", "demo=demo", "--model_path", "other.gguf"], /other\.gguf does not exist/],
    [["--adapter", "v1"], /is not \[MODEL:\]NAME=PATH/],
    [["--adapter", "nobody:v1=x.gguf"], /no model is named "nobody"/],
    [["--adapter", "v1=missing.gguf"], /missing\.gguf does not exist/],
  ])("refuses %j with one clear error", async (args, message) => {
    const { code, stderr } = await runCli(["serve", ...args], temporaryFolder());
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it("refuses an adapter in a model's place", async () => {
    const { code, stderr } = await runCli(["serve", "--model_path", tiny.adapter.path], temporaryFolder());
    expect([code, stderr]).toEqual([2, expect.stringMatching(/is a LoRA adapter, not a model[\s\S]*--adapter adapter=/)]);
  });

  it("refuses an adapter of another model before it starts", async () => {
    const { code, stderr } = await runCli(["serve", "--adapter", `v1=${tiny.adapter.path}`], temporaryFolder());
    expect([code, stderr]).toEqual([2, expect.stringContaining("does not fit demo")]);
  });
});
