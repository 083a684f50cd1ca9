import { ENGINE_RANGES } from "./engine-ranges.js";
import { assignments, choice, number, numberOrAuto, optionalNumber, optionalText, optionalYesOrNo, text, yesOrNo } from "./setting.js";

/** Which models run in this process, and how they are loaded, by their place in the project's file. */
export const MODEL_SETTINGS = {
  "models.default_model": optionalText({
    fills: "model_path",
    path: "model",
    about:
      "GGUF file or Hugging Face folder, runs:/ or models:/ of the MLflow store, demo, or one of the named models; the demo model where none is named",
    env: ["DEFAULT_MODEL", "MODEL_PATH"],
    flag: "model_path",
    aliases: ["llm.model_path", "models.model_path"],
    placeholder: "FILE",
  }),
  "models.default_version": text("base", {
    about: "version name of the model in metrics and answers",
    env: ["DEFAULT_VERSION"],
    placeholder: "NAME",
  }),
  "models.named": assignments({
    path: "assignment",
    about: "further models by the names clients ask for, loaded when they first do; the first is the default where --model_path names none",
    flag: "model",
    placeholder: "NAME=PATH",
  }),
  "models.adapters": assignments({
    path: "assignment",
    about:
      "LoRA adapters (GGUF files, or folders of PEFT) by name, asked for as MODEL:NAME; the default model's unless MODEL says otherwise",
    flag: "adapter",
    placeholder: "[MODEL:]NAME=PATH[:SCALE]",
  }),
  "models.cache_size": number(
    5,
    { min: 1 },
    { about: "models and adapters loaded at a time; the one unused for longest goes first", env: ["CACHE_SIZE"], flag: "models-max" },
  ),
  "models.cache_memory_mb": optionalNumber(
    { min: 1 },
    { about: "memory they may take together, in megabytes, as estimated from their files", flag: "models-memory-mb" },
  ),
  "models.reload_interval": number(
    60,
    { min: 0 },
    {
      about: "seconds after which models:/ references are looked up anew, and a newer version takes over without a pause; 0 never",
      flag: "models-reload",
    },
  ),
  "models.slots": number(4, ENGINE_RANGES.slots, {
    about: "requests answered at the same time",
    flag: "slots",
    aliases: ["llm.batch_size"],
  }),
  "models.ctx_size": number(
    2048,
    { min: 16 },
    { fills: "ctx-size", about: "context in tokens for each request, at most what the model has", flag: "ctx-size" },
  ),
  "models.threads": numberOrAuto(ENGINE_RANGES.threads, {
    fills: "threads",
    about: "compute threads; auto measures at start what is fastest and adapts while it runs",
    flag: "threads",
  }),
  "models.batch_size": number(512, ENGINE_RANGES.batchSize, {
    fills: "batch-size",
    about: "tokens evaluated in one step",
    flag: "batch-size",
  }),
  "models.gpu": choice("auto", ["auto", "cuda", "vulkan", "metal", "off"], { fills: "gpu", about: "what to compute with", flag: "gpu" }),
  "models.flash_attn": optionalYesOrNo({ fills: "flash-attn", about: "flash attention (where it works)", flag: "flash-attn" }),
  "models.cache_type": choice("f16", ["f32", "f16", "q8_0"], {
    fills: "cache-type",
    about: "how the context is kept; q8_0 takes about half the memory",
    flag: "cache-type",
  }),
  "models.load_in_8bit": yesOrNo(false, {
    fills: "load_in_8bit",
    about: "keep weights in 8 bits: a file of F16, BF16 or F32 is quantised once (Q8_0), about half of F16",
    flag: "load_in_8bit",
    aliases: ["llm.load_in_8bit"],
  }),
  "models.load_in_4bit": yesOrNo(false, {
    fills: "load_in_4bit",
    about: "keep weights in 4 bits (Q4_K_M), less than a third of F16",
    flag: "load_in_4bit",
    aliases: ["llm.load_in_4bit"],
  }),
  "models.deterministic": yesOrNo(false, {
    fills: "deterministic",
    about: "same request and seed, same bytes: one request at a time",
    flag: "deterministic",
  }),
};
