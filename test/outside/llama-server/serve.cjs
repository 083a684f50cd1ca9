#!/usr/bin/env node
// Stands where llama.cpp's tests expect the binary of llama-server: starts `llmops serve` with the flags that mean the same.
// Flags that `serve` does not have are left out. CommonJS, as the launcher that it loads: see there.
const { existsSync, mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");

const ROOT = resolve(__dirname, "../../..");
const DEMO = join(ROOT, "models/demo/demo-q8_0.gguf");

/** The flags as a map: a flag that the next one follows is `true`. */
function readFlags(words) {
  const flags = new Map();
  for (let i = 0; i < words.length; i += 1) {
    const value = words[i + 1];
    const bare = value === undefined || /^--?[a-z]/.test(value);
    flags.set(words[i], bare ? true : value);
    if (!bare) i += 1;
  }
  return flags;
}

/** The file of a test's model, where there is one by the name of its repository in LLMOPS_SUITE_MODELS; the demo model otherwise. */
function modelOf(flags) {
  const repository = String(flags.get("--hf-repo") ?? "")
    .split("/")
    .at(-1);
  const file = join(process.env.LLMOPS_SUITE_MODELS ?? "", `${repository}.gguf`);
  return process.env.LLMOPS_SUITE_MODELS !== undefined && existsSync(file) ? file : DEMO;
}

/** llama-server divides its context among its slots, or has them share it (--kv-unified); `serve` gives each slot its own. */
function contextFlags(flags) {
  const slots = Number(flags.get("--parallel") ?? 1);
  const divided = Number(flags.get("--ctx-size") ?? 512) / (flags.has("--kv-unified") ? 1 : slots);
  return ["--slots", slots, "--ctx-size", Math.max(64, Math.floor(divided))];
}

function templateFlags(flags) {
  const file = flags.get("--chat-template-file");
  const template = file === undefined ? flags.get("--chat-template") : resolve(file);
  const thinks = flags.has("--reasoning") ? flags.get("--reasoning") !== "off" : file !== undefined || undefined;
  return [
    ...(template === undefined ? [] : ["--chat-template", template]),
    ...(thinks === undefined ? [] : ["--chat-template-kwargs", JSON.stringify({ enable_thinking: thinks })]),
    ...(flags.has("--reasoning-format") ? ["--reasoning-format", flags.get("--reasoning-format")] : []),
  ];
}

function defaultsFlags(flags) {
  const most = Number(flags.get("--n-predict") ?? -1);
  // what requests get that say nothing of sampling, as llama-server's README has it
  const named = [
    ["top_k", 40],
    ["top_p", 0.95],
    ["min_p", 0.05],
    ["seed", flags.get("--seed")],
    ["temperature", flags.get("--temp")],
    ["max_tokens", most > 0 ? most : undefined],
  ];
  return named.filter(([, value]) => value !== undefined).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

function serveArguments(flags) {
  const alias = flags.get("--alias");
  const same = { "--host": "--host", "--port": "--port", "--api-key": "--api-key", "--cors-origins": "--cors-origin" };
  return [
    ...(alias === undefined ? ["--model_path", modelOf(flags)] : ["--model", `${String(alias).split(",")[0]}=${modelOf(flags)}`]),
    ...Object.entries(same).flatMap(([theirs, ours]) => (flags.has(theirs) ? [ours, flags.get(theirs)] : [])),
    // the models are tiny: trying numbers of threads, and threads that wait for each other, take longer than they help
    ...["--threads", flags.get("--threads") ?? 1],
    ...contextFlags(flags),
    ...templateFlags(flags),
    ...defaultsFlags(flags),
    // every request of these tests is to be computed
    ...["--no-cache", "--log-level", "warn"],
  ].map(String);
}

const flags = readFlags(process.argv.slice(2));
// the tests kill what takes long to end: in a process of its own it would go on listening
const program = join(ROOT, "bin/run.cjs");
process.argv = [process.execPath, program, "serve", ...serveArguments(flags)];
// `serve` keeps its store in the folder it runs in
process.chdir(mkdtempSync(join(tmpdir(), "llmops-suite-")));
require(program);
