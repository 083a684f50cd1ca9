import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { tryCard, type CardTrial } from "./card-trial.js";
import { chooseCard, type Card } from "./choose-card.js";

const FAILS: CardTrial = { outcome: "fails", reason: "ggml-cuda.cu:108: CUDA error" };

function machine(supported: Card[], trials: Partial<Record<"cuda" | "vulkan", CardTrial>> = {}) {
  const tried: string[] = [];
  const notes: string[] = [];
  const finder = {
    supported: () => Promise.resolve(supported),
    try: (kind: "cuda" | "vulkan") => {
      tried.push(kind);
      return Promise.resolve(trials[kind] ?? { outcome: "computes" as const });
    },
  };
  return {
    tried,
    notes,
    choose: (gpu: "auto" | "cuda" | "vulkan" | "off") => chooseCard({ gpu, onNote: (note) => notes.push(note) }, finder),
  };
}

describe("chooseCard", () => {
  it("takes the best card that computes", async () => {
    expect(await machine(["cuda", "vulkan", false]).choose("auto")).toBe("cuda");
    expect(await machine(["metal", false]).choose("auto")).toBe("metal");
    const none = machine([false]);
    expect(await none.choose("auto")).toBe(false);
    expect(none.tried).toEqual([]);
  });

  it("passes over one that fails, and says why", async () => {
    const { choose, notes } = machine(["cuda", "vulkan", false], { cuda: FAILS });
    expect(await choose("auto")).toBe("vulkan");
    expect(notes).toEqual([expect.stringMatching(/not used with cuda.*ggml-cuda\.cu:108: CUDA error.*driver/)]);
  });

  it("says nothing of libraries without a card", async () => {
    const { choose, notes } = machine(["vulkan", false], { vulkan: { outcome: "none" } });
    expect(await choose("auto")).toBe(false);
    expect(notes).toEqual([]);
  });

  it("does not replace a card that was asked for by name", async () => {
    const { choose, tried } = machine(["cuda", "vulkan", false], { cuda: FAILS });
    const error = await errorOf(() => choose("cuda"));
    expect(error).toMatchObject({ code: "GPU_UNAVAILABLE", exitCode: 3 });
    expect(error.message).toContain("CUDA error");
    expect(error.hint).toContain("--gpu vulkan or --gpu off");
    expect(tried).toEqual(["cuda"]);
    expect(await errorOf(() => machine([false]).choose("vulkan"))).toMatchObject({ code: "GPU_UNAVAILABLE" });
  });

  it("asks nothing where the processor is asked for", async () => {
    const { choose, tried } = machine(["cuda", false]);
    expect(await choose("off")).toBe(false);
    expect(tried).toEqual([]);
  });
});

describe("tryCard", () => {
  function tried(source: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<CardTrial> {
    const script = join(temporaryFolder(), "trial.mjs");
    writeFileSync(script, source);
    return tryCard("cuda", { modelPath: "m.gguf", script, ...more });
  }

  it("takes the process's word, however the library ends it afterwards", async () => {
    expect(await tried('process.stdout.write("llmops: computes\\n", () => process.abort())')).toEqual({ outcome: "computes" });
    expect(await tried('console.log("llmops: no card")')).toEqual({ outcome: "none" });
  });

  it("names the line that says what failed, or how the process ended", async () => {
    const line = "/home/runner/work/llama.cpp/ggml-cuda.cu:108: CUDA error";
    expect(await tried(`console.error("loading\\n${line}\\n[0x7f]"); process.kill(process.pid, "SIGABRT")`)).toEqual(FAILS);
    expect(await tried('process.kill(process.pid, "SIGSEGV"); setTimeout(() => {}, 60_000)')).toEqual({
      outcome: "fails",
      reason: "it was ended by SIGSEGV",
    });
  });

  it("gives up on a card that does not answer, and on a signal", async () => {
    const hangs = "setInterval(() => {}, 1000)";
    expect(await tried(hangs, { timeoutMs: 300 })).toEqual({ outcome: "fails", reason: "no answer in 0.3 s" });
    const controller = new AbortController();
    const waiting = tried(hangs, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
