import type { Engine } from "../../inference/engine/engine.js";
import type { EngineOptions } from "../../inference/engine/engine-options.js";
import { inspectMachine, type ComputeFacts } from "../../inference/engine/inspect-machine.js";
import { availableMemoryBytes } from "../../inference/engine/machine.js";
import { memoryShapeOf } from "../../inference/engine/memory-shape.js";
import { estimateMemory } from "../../inference/models/memory-estimate.js";
import { architectureOf, parameterCount, quantizationOf } from "../../inference/models/model-facts.js";
import type { ModelFile } from "../../inference/models/model-file.js";
import { collectCompletion } from "../../inference/openai/completion-target.js";
import { failed, ok, skipped, warning, type Check, type Finding } from "./finding.js";
import { formatSize } from "../../inference/models/format-size.js";

export interface ModelFacts {
  /** Finds the model and reads its header; undefined where none runs here. */
  open: () => Promise<ModelFile | undefined>;
  /** How it would be loaded. */
  options: EngineOptions;
  /** Loads it and asks it something. */
  load: ((file: ModelFile) => Promise<Engine>) | undefined;
  /** Seconds a request may take. */
  timeoutSeconds: number;
}

const TIGHT = 0.9;
const USUAL_ANSWER_TOKENS = 512;
const UNQUANTIZED = /^(F32|F16|BF16)$/i;

/** The library, the card, the model file, its memory; with `load` also an answer. */
export function modelChecks({ open, options, load, timeoutSeconds }: ModelFacts): Check[] {
  let gpu = "off";
  let file: ModelFile | undefined;
  return [
    {
      name: "llama.cpp",
      async run() {
        const facts = await inspectMachine(options.gpu ?? "auto");
        ({ gpu } = facts);
        return describeCompute(facts);
      },
    },
    {
      name: "model",
      async run() {
        file = await open();
        return file ? describeFile(file, gpu) : skipped("answers come from upstreams");
      },
    },
    { name: "model's memory", run: () => (file ? checkFit(file, options, gpu) : skipped("no model to hold")) },
    {
      name: "answer",
      run: () =>
        file && load
          ? tryModel(() => load(file as ModelFile), timeoutSeconds)
          : skipped(file ? "--load loads the model and asks it" : "no model to ask"),
    },
  ];
}

function describeCompute({ gpu, cards, freeBytes, totalBytes, passedOver }: ComputeFacts): Finding {
  const what =
    gpu === "off"
      ? "computes on the processor: it found no GPU it can use, or gpu is off"
      : `computes with ${gpu}: ${cards.join(", ")}, ${formatSize(freeBytes)} of ${formatSize(totalBytes)} free`;
  return passedOver.length > 0 ? warning(what, passedOver.join(" ")) : ok(what);
}

function describeFile(file: ModelFile, gpu: string): Finding {
  const quantization = quantizationOf(file.header);
  const parameters = parameterCount(file.header);
  const text = `${file.path}: ${architectureOf(file.header)}, ${formatParameters(parameters)}, ${quantization}, ${formatSize(file.sizeBytes)}; whole`;
  if (gpu === "off" && UNQUANTIZED.test(quantization) && parameters > 1e9) {
    return warning(text, "It is not quantized, and answers slowly on a processor: a Q8_0 file is twice as fast, Q4_K_M nearly four times.");
  }
  return ok(text);
}

function checkFit(file: ModelFile, options: EngineOptions, gpu: string): Finding {
  const shape = memoryShapeOf(file.header, options);
  const need = estimateMemory(file.header, file.sizeBytes, shape);
  const parts = `${formatSize(need.weights)} weights, ${formatSize(need.cache)} for ${shape.slots} x ${shape.contextSize} tokens, ${formatSize(need.compute)} to compute`;
  if (gpu !== "off") return ok(`about ${formatSize(need.total)} (${parts}); llama.cpp decides what goes to the card`);
  const room = availableMemoryBytes();
  const text = `about ${formatSize(need.total)} of ${formatSize(room)} (${parts})`;
  const hint =
    "Use a more strongly quantized file, or llmops serve with fewer --slots, a smaller --ctx-size or --cache-type q8_0; or give the machine more memory.";
  if (need.total > room) return failed(`${text}: it does not fit`, hint);
  return need.total > TIGHT * room ? warning(`${text}: it only just fits`, hint) : ok(text);
}

async function tryModel(load: () => Promise<Engine>, timeoutSeconds: number): Promise<Finding> {
  const begun = performance.now();
  const engine = await load();
  try {
    const loadSeconds = (performance.now() - begun) / 1000;
    const request = { messages: [{ role: "user" as const, content: "Hello" }], maxTokens: 32, temperature: 0, ignoreEndTokens: true };
    const { usage, timing } = await collectCompletion(engine, request);
    const perSecond = usage.completionTokens / (timing.totalMs / 1000);
    const text = `loaded in ${loadSeconds.toFixed(1)} s, ${perSecond.toFixed(1)} tokens a second, first token after ${Math.round(timing.firstTokenMs)} ms`;
    const seconds = USUAL_ANSWER_TOKENS / perSecond;
    if (seconds < timeoutSeconds) return ok(text);
    return warning(
      `${text}: an answer of ${USUAL_ANSWER_TOKENS} tokens takes ${Math.round(seconds)} s, and requests end after ${timeoutSeconds} s`,
      "Raise server.timeout, ask for fewer max_tokens, or use a smaller or more strongly quantized model, or a GPU.",
    );
  } finally {
    await engine.close();
  }
}

function formatParameters(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} billion parameters` : `${(count / 1e6).toFixed(1)} million parameters`;
}
