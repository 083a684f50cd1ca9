// Started by card-trial.ts: evaluates a prompt on the card and says so. A driver that does not suit ends this process, and no other.
//   node card-trial-process.js cuda|vulkan MODEL.gguf
import { argv, exit, stderr, stdout } from "node:process";
import { getLlama, LlamaLogLevel, NoBinaryFoundError } from "node-llama-cpp";
import { CARD_TRIAL } from "./card-trial.js";

const [, , kind, modelPath = ""] = argv;

async function tryCard(gpu: "cuda" | "vulkan"): Promise<string> {
  const llama = await getLlama({
    ...{ gpu, build: "never", skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error },
    logger: (_level, message) => void stderr.write(`${message}\n`),
  });
  if (llama.gpu !== gpu) return CARD_TRIAL.none;
  const model = await llama.loadModel({ modelPath, gpuLayers: "max" });
  const context = await model.createContext({ contextSize: 64, batchSize: 64 });
  const tokens = model.tokenize("The capital of France is");
  for await (const token of context.getSequence().evaluate(tokens)) {
    if (token !== undefined) break; // it was read back from the card: all before it was computed
  }
  return CARD_TRIAL.computes;
}

try {
  stdout.write(`${await tryCard(kind === "vulkan" ? "vulkan" : "cuda")}\n`, () => exit());
} catch (error) {
  if (error instanceof NoBinaryFoundError) stdout.write(`${CARD_TRIAL.none}\n`, () => exit());
  else throw error;
}
