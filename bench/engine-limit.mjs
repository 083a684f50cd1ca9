// Claim: answers through the engine come nearly as fast as llama.cpp can evaluate a batch in a bare loop.
//   node bench/engine-limit.mjs [--model 135m|tiny|0.5b|FILE] [--clients 1,4] [--tokens 64] [--rounds 3]
import { parseArgs } from "node:util";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { availableCores } from "../dist/lib/inference/engine/machine.js";
import { Engine } from "../dist/lib/inference/engine/engine.js";
import { NativeContext } from "../dist/lib/inference/engine/native-context.js";
import { openModelFile } from "../dist/lib/inference/models/model-file.js";
import { collectCompletion } from "../dist/lib/inference/openai/completion-target.js";
import { medianOf } from "./load.mjs";
import { benchModel } from "./make-model.mjs";

// set before anything uses the worker pool: as bin/run.cjs does, but this is a module, so the process starts itself again
if (process.env.UV_THREADPOOL_SIZE !== "1") {
  const { spawnSync } = await import("node:child_process");
  const { status } = spawnSync(process.execPath, process.argv.slice(1), {
    stdio: "inherit",
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  process.exit(status ?? 1);
}

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "135m" },
    clients: { type: "string", default: "1,4" },
    tokens: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
  },
});
const tokens = Number(options.tokens);
const path = options.model.endsWith(".gguf") ? options.model : await benchModel(options.model);
const prompt = Array.from({ length: 128 }, (_, i) => 300 + i);

/** Tokens a second of a loop that evaluates one batch after the other and does nothing else. */
async function bareLoop(native, clients, threads) {
  native.setThreads(threads);
  const samplers = Array.from({ length: clients }, (_, i) => native.createSampler({ temperature: 0.8, topK: 40, topP: 0.95, seed: i }));
  for (const [sequence, sampler] of samplers.entries()) await native.step([{ sequence, position: 0, tokens: prompt, sampler }]);
  const start = performance.now();
  for (let i = 0; i < tokens; i++) {
    await native.step(samplers.map((sampler, sequence) => ({ sequence, position: 128 + i, tokens: [500 + i], sampler })));
  }
  const seconds = (performance.now() - start) / 1000;
  for (const [sequence, sampler] of samplers.entries()) {
    native.clear(sequence);
    sampler.release();
  }
  return { perSecond: (clients * tokens) / seconds };
}

/** The same tokens as answers: decode phase only, which the answers time themselves. */
async function throughEngine(engine, clients) {
  const request = (seed) => ({
    prompt: [...prompt, 300 + seed],
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    seed,
    maxTokens: tokens,
    ignoreEndTokens: true,
  });
  const done = await Promise.all(Array.from({ length: clients }, (_, seed) => collectCompletion(engine, request(seed))));
  const seconds = Math.max(...done.map(({ timing }) => timing.totalMs - timing.firstTokenMs)) / 1000;
  return { perSecond: (clients * (tokens - 1)) / seconds };
}

for (const clients of options.clients.split(",").map(Number)) {
  const engine = await Engine.load(await openModelFile(path), { slots: clients, contextSize: 1024 });
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: availableCores(), logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({
    sequences: clients,
    contextSize: 1024,
    batchSize: 512,
    threads: availableCores(),
    flashAttention: "auto",
  });
  const native = NativeContext.open(model, context, { inOrder: true });
  const { single, several } = engine.state.threads;
  const runs = { loop: [], engine: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    runs.loop.push(await bareLoop(native, clients, clients === 1 ? single : several));
    runs.engine.push(await throughEngine(engine, clients));
  }
  const [loop, answers] = [medianOf(runs.loop, "perSecond"), medianOf(runs.engine, "perSecond")];
  console.log(
    `${options.model}, ${clients} at once: loop ${loop.toFixed(1)} tokens/s, engine ${answers.toFixed(1)}, ratio ${(answers / loop).toFixed(2)}`,
  );
  await engine.close();
  await llama.dispose();
}
