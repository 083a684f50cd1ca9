import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** Neither exists: a command that reads or opens one before it checks its flags says so. */
const DATA = ["--dataset", "none.jsonl"];
const MODEL = ["--model_path", "none.gguf"];
const METHOD = ["--judge-method", "generat"];
const KNOWN_METHODS = /Unknown judge "generat"[^]*Did you mean generate\? Available: probability, generate, votes\./;

describe("a wrong value of a flag is refused before anything is read or opened", () => {
  it.each([
    ["sweep --judge-method", ["sweep", "temperature", "0,1", ...DATA, ...MODEL, ...METHOD], KNOWN_METHODS],
    ["eval --judge-method", ["eval", ...DATA, ...MODEL, ...METHOD], KNOWN_METHODS],
    ["ab --judge-method", ["ab", "none.gguf", "other.gguf", ...DATA, ...METHOD], KNOWN_METHODS],
    ["optimize --judge-method", ["optimize", "temperature", "0..1", ...DATA, ...MODEL, ...METHOD], KNOWN_METHODS],
    ["judge --judge-method", ["judge", ...DATA, ...MODEL, ...METHOD], KNOWN_METHODS],
    ["judge --pairwise --judge-method", ["judge", "--pairwise", "a.jsonl", "b.jsonl", ...METHOD], KNOWN_METHODS],
    ["judge calibrate --judge-method", ["judge", "calibrate", "--labels", "none.jsonl", ...METHOD], KNOWN_METHODS],
    ["judge audit --judge-method", ["judge", "audit", ...DATA, ...MODEL, ...METHOD], KNOWN_METHODS],
    ["sweep --set", ["sweep", "temperature", "0,1", ...DATA, ...MODEL, "--set", "top_pp=1"], /Did you mean top_p\?/],
    ["sweep --scorer", ["sweep", "temperature", "0,1", ...DATA, ...MODEL, "--scorer", "exat"], /Did you mean exact\?/],
    ["sweep --strategies", ["sweep", ...DATA, ...MODEL, "--strategies", "defualt"], /Did you mean default\?/],
    ["optimize --sampler", ["optimize", "temperature", "0..1", ...DATA, ...MODEL, "--sampler", "randm"], /Did you mean random\?/],
    ["serve --track", ["serve", ...MODEL, "--track", "alll"], /--track does not accept "alll"[^]*Did you mean all\?/],
    ["serve --slo", ["serve", ...MODEL, "--slo", "tftt<5ms"], /"tftt<5ms" is not an objective/],
    ["serve --rate-limit", ["serve", ...MODEL, "--rate-limit", "often"], /often/],
    ["serve --provider", ["serve", "--provider", "upsteam"], /Did you mean upstream\?/],
  ])("%s", async (_, words, message) => {
    const { code, stderr } = await runCli(words, temporaryFolder());
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/none\.(jsonl|gguf)/);
  });
});
