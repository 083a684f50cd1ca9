// Claim: on a graphics card answers are the same, memory is told as it is, a model that does not fit is refused, and many clients share the card.
//   node bench/gpu.mjs [--gpu cuda|vulkan|metal|off] [--models tiny,135m,0.5b,1.5b] [--clients 1,8,32] [--tokens 128] [--top-k 40] [--out FILE]
//                      [--llama-bench BINARY] [--llama-server BINARY]
// A machine with a card that reaches no registry gets all it needs, Node included, in one archive made on another of the same platform:
//   node bench/gpu.mjs pack ARCHIVE.tar.xz --gpu vulkan      (there: tar -xJf ARCHIVE.tar.xz && ./node bench/gpu.mjs --gpu vulkan)
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gpu: { type: "string", default: "auto" },
    models: { type: "string", default: "tiny,135m,0.5b,1.5b" },
    clients: { type: "string", default: "1,8,32" },
    tokens: { type: "string", default: "128" },
    "top-k": { type: "string", default: "40" },
    out: { type: "string" },
    "llama-bench": { type: "string" },
    "llama-server": { type: "string" },
  },
});
const CONTEXT = 1024;
/** With a model of a billion parameters more than any card holds: 256 requests of 32,768 tokens. */
const TOO_MUCH = ["--slots", "256", "--ctx-size", "32768"];

if (positionals[0] === "pack") pack(positionals[1] ?? "llmops-gpu.tar.xz", options.gpu);
else await main();

/** What running needs: this Node, the built program, its dependencies, and llama.cpp for the card alone. */
function pack(archive, gpu) {
  const folder = mkdtempSync(join(tmpdir(), "llmops-gpu-"));
  // that for processors too: answers are compared with its own
  const binaries = ["", `-${gpu}`].map((kind) => `@node-llama-cpp/${process.platform}-${process.arch}${kind}`);
  const isOtherBinary = (path) => /@node-llama-cpp\/[^/]+$/.test(path) && !binaries.some((one) => path.endsWith(one));
  // reports draw with these; llama.cpp is not built there; sources and types do not run
  const left = [
    /node_modules\/(echarts|zrender|@resvg|dejavu-fonts-ttf|typescript|@libsql\/[^/]+-musl)(\/|$)/,
    /node-llama-cpp\/llama\/gitRelease\.bundle$|node_modules\/(openai|zod)\/src$|\.map$|\.d\.[cm]?ts$/,
  ];
  const isUnneeded = (path) => left.some((pattern) => pattern.test(path));
  const { packages: locked } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const packages = Object.keys(locked).filter((path) => path !== "" && !locked[path].dev && !isOtherBinary(path));
  for (const path of ["bin", "dist", "bench", "models", "templates", "package.json", "oclif.manifest.json", ...packages]) {
    const from = resolve(root, path);
    const copied = { recursive: true, dereference: true, filter: (one) => !isUnneeded(one) && !one.endsWith("bench/models") };
    if (existsSync(from)) cpSync(from, join(folder, relative(root, from)), copied);
  }
  cpSync(process.execPath, join(folder, "node"));
  execFileSync("tar", ["-cJf", resolve(archive), "-C", folder, "."], { env: { ...process.env, XZ_OPT: "-9" } });
  rmSync(folder, { recursive: true });
  console.log(`${archive}: unpack it there, then ./node bench/gpu.mjs --gpu ${gpu}`);
}

async function main() {
  const [{ benchModel }, load, servers] = await Promise.all([import("./make-model.mjs"), import("./load.mjs"), import("./servers.mjs")]);
  const startLlamaServer = (model, sizes) => servers.startLlamaServer(options["llama-server"], model, sizes);
  const { startLlmops } = servers;
  const flags = ["--gpu", options.gpu];
  const names = options.models.split(",");
  // what was measured stays when the time lent on a card ends before the run does
  const keep = () => options.out && writeFileSync(options.out, JSON.stringify(report, null, 2));
  const report = {
    gpu: options.gpu,
    card: cardName(),
    sameAnswers: await sameAnswers(startLlmops, flags),
    refusesTooMuch: await refusal(await benchModel(names.at(-1)), flags),
    speed: [],
  };
  for (const name of names) {
    const model = await benchModel(name);
    for (const clients of options.clients.split(",").map(Number)) {
      const sizes = { slots: clients, context: CONTEXT };
      const server = await startLlmops(model, { ...sizes, flags });
      report.speed.push({ model: name, clients, ...(await measure(load, server, clients)), ...(await stateOf(server)) });
      await server.stop();
      if (options["llama-server"]) {
        const peer = await startLlamaServer(model, { ...sizes, threads: 4, flags: ["-ngl", "99"] });
        report.speed.push({ model: name, clients, of: "llama-server", ...(await measure(load, peer, clients)) });
        await peer.stop();
      }
      console.error(...report.speed.slice(-2));
      keep();
    }
    if (options["llama-bench"]) report.speed.push({ model: name, llamaBench: llamaBench(model) });
  }
  keep();
  console.log(JSON.stringify(report, null, 2));
}

/** Streamed answers of so many clients that share no prompt; the first round is not counted. */
async function measure(load, { url }, clients) {
  const bodyOf = (i) => ({
    ...{ model: "x", ignore_eos: true, max_tokens: Number(options.tokens), seed: i },
    // what a server would choose by itself is another amount of work in each
    ...{ temperature: 0.8, top_k: Number(options["top-k"]), top_p: 0.95, min_p: 0.05 },
    messages: [{ role: "user", content: load.uniqueWords(43) }],
  });
  await load.runLoad({ url, clients, requests: clients, bodyOf });
  const { tokensPerSecond, firstP50, gapP50 } = await load.runLoad({ url, clients, requests: 3 * clients, bodyOf });
  return { tokensPerSecond, firstP50, gapP50 };
}

function cardName() {
  const asked = spawnSync("nvidia-smi", ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** Greedy answers of the demo model with the card and without. */
async function sameAnswers(startLlmops, flags) {
  const answers = [];
  for (const own of [flags, ["--gpu", "off"]]) {
    const server = await startLlmops("demo", { slots: 1, context: 256, flags: own });
    const body = { temperature: 0, max_tokens: 24, messages: [{ role: "user", content: "What is the capital of France?" }] };
    const headers = { "content-type": "application/json" };
    const reply = await fetch(`${server.url}/chat/completions`, { method: "POST", headers, body: JSON.stringify(body) });
    answers.push((await reply.json()).choices[0].message.content);
    await server.stop();
  }
  return { same: answers[0] === answers[1], answers };
}

/** How a server ends that is asked for more memory than there is: it must say so, and not be killed. */
async function refusal(model, flags) {
  const bin = join(root, "bin/run.cjs");
  const args = [bin, "serve", "--model_path", model, "--port", "0", ...flags, ...TOO_MUCH];
  const env = { ...process.env, LLMOPS_STATE_DIR: mkdtempSync(join(tmpdir(), "bench-state-")) };
  const ended = await promisify(execFile)(process.execPath, args, { timeout: 120_000, env }).catch((error) => error);
  return { exitCode: ended.code ?? 0, signal: ended.signal ?? null, says: String(ended.stderr ?? "").split("\n")[0] };
}

/** What /health, /status and /metrics say while the model is loaded. */
async function stateOf(server) {
  const origin = new URL(server.url).origin;
  const json = async (path) => (await fetch(origin + path)).json();
  const metrics = await (await fetch(`${origin}/prometheus`)).text();
  const [health, status] = [await json("/health"), await json("/status")];
  return {
    device: health.device,
    memoryGb: [health.memory_allocated_gb, health.memory_reserved_gb],
    gpuMetrics: metrics.split("\n").filter((line) => line.startsWith("llmops_gpu_memory_bytes")),
    adaptiveThreads: status.threads.adaptive,
  };
}

function llamaBench(model) {
  const args = ["-m", model, "-ngl", "99", "-p", "128", "-n", options.tokens, "-o", "json"];
  return JSON.parse(execFileSync(options["llama-bench"], args, { encoding: "utf8" })).map(({ n_prompt, n_gen, avg_ts }) => ({
    prompt: n_prompt,
    generated: n_gen,
    tokensPerSecond: avg_ts,
  }));
}
