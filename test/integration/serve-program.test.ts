import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { programHost } from "../../src/app/host/host.js";
import { serve, type ServeOptions } from "../../src/app/serving/serve.js";
import { errorOf } from "../helpers/error-of.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const QUESTION = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0, max_tokens: 8 };

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv("LLMOPS_STATE_DIR", join(folder, "state"));
  onTestFinished(() => void vi.unstubAllEnvs());
});

async function ask(url: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(QUESTION),
  });
  return { status: answer.status, text: await answer.text() };
}

async function passingOn(options: ServeOptions = {}): Promise<ServeOptions> {
  const upstream = await fakeUpstream((_, response) => sendJson(response, chatAnswer("Paris")));
  return { port: 0, ...options, settings: { "providers.provider": "upstream", "providers.upstream": [upstream.url], ...options.settings } };
}

describe("a program that serves", () => {
  it("gets a server that answers with its model until it is closed, and reads no project file", async () => {
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "llmops.yaml"), "server: {port: not-a-port}\n");
    vi.spyOn(process, "cwd").mockReturnValue(project);
    const settings = { "models.slots": 1, "models.ctx_size": 256, "models.threads": 1 } as const;
    const server = await serve({ modelPath: "demo", port: 0, settings }, programHost());
    expect(server).toMatchObject({ model: { name: "demo", slots: 1, contextSize: 256 }, furtherModels: [], needsKey: false });
    expect(await ask(server.url)).toMatchObject({ status: 200, text: expect.stringContaining("Paris") as string });
    await Promise.all([server.close(), server.close()]);
    await expect(ask(server.url)).rejects.toThrow("fetch failed");
  });

  it("has one that ends when its host's signal aborts", async () => {
    const stop = new AbortController();
    const server = await serve(await passingOn(), programHost({ signal: stop.signal }));
    expect((await ask(server.url)).status).toBe(200);
    stop.abort();
    await server.close();
    await expect(ask(server.url)).rejects.toThrow("fetch failed");
  });

  it("opens it with the keys it gives alone", async () => {
    const server = await serve(await passingOn({ apiKeys: { infer: ["secret-key"] } }), programHost());
    onTestFinished(() => server.close());
    expect([server.needsKey, (await ask(server.url)).status]).toEqual([true, 401]);
    expect((await ask(server.url, { authorization: "Bearer secret-key" })).status).toBe(200);
  });

  it("is told what is wrong before anything listens, and what goes wrong later", async () => {
    const refused = (options: ServeOptions) => errorOf(() => serve(options, programHost()));
    expect(await refused({ port: 99_999 })).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("server.port") as string,
    });
    expect(await refused({ settings: { "server.prot": 1 } as object })).toMatchObject({
      hint: expect.stringContaining("server.port") as string,
    });
    expect(await refused({ modelPath: join(folder, "none.gguf"), port: 0 })).toMatchObject({ code: "MODEL_NOT_FOUND" });
    const first = await serve(await passingOn(), programHost());
    onTestFinished(() => first.close());
    expect(await refused(await passingOn({ port: Number(new URL(first.url).port) }))).toMatchObject({ code: "PORT_IN_USE" });
    const notes: string[] = [];
    const away = { "providers.provider": "upstream", "providers.upstream": ["http://127.0.0.1:9"], "providers.retry_attempts": 0 } as const;
    const server = await serve({ port: 0, settings: away }, programHost({ note: (text) => void notes.push(text) }));
    onTestFinished(() => server.close());
    expect((await ask(server.url)).status).toBeGreaterThanOrEqual(500);
    expect(notes.join("\n")).toContain("127.0.0.1:9");
  });
});
