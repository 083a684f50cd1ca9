import { engineSettings } from "./engine-parameters.js";
import { assignments, number, optionalNumber, optionalText, text } from "./setting.js";

/** Which models run in this process, and how they are loaded, by their place in the project's file. */
export const MODEL_SETTINGS = {
  "models.default_model": optionalText({
    fills: "model_path",
    path: "model",
    about:
      "GGUF file or Hugging Face folder, runs:/ or models:/ reference of the MLflow store, demo, or one of the named models; without it, the demo model",
    env: ["DEFAULT_MODEL", "MODEL_PATH"],
    flag: "model_path",
    aliases: ["llm.model_path", "models.model_path"],
    placeholder: "FILE",
  }),
  "models.default_version": text("base", {
    about: "the model's version name in metrics and answers",
    env: ["DEFAULT_VERSION"],
    placeholder: "NAME",
  }),
  "models.named": assignments({
    path: "assignment",
    about: "more models, by the name clients request; each is loaded on first use; without --model_path, the first is the default",
    flag: "model",
    placeholder: "NAME=PATH",
  }),
  "models.adapters": assignments({
    path: "assignment",
    about:
      "LoRA adapters (GGUF files or PEFT folders) by name, requested as MODEL:NAME; they belong to the default model unless MODEL names another",
    flag: "adapter",
    placeholder: "[MODEL:]NAME=PATH[:SCALE]",
  }),
  "models.cache_size": number(
    5,
    { min: 1 },
    { about: "models and adapters loaded at a time; the least recently used is unloaded first", env: ["CACHE_SIZE"], flag: "models-max" },
  ),
  "models.cache_memory_mb": optionalNumber(
    { min: 1 },
    { about: "memory they may take together, in megabytes, estimated from their files", flag: "models-memory-mb" },
  ),
  "models.reload_interval": number(
    60,
    { min: 0 },
    {
      about: "seconds between lookups of models:/ references, after which a newer version takes over without interruption; 0 for never",
      flag: "models-reload",
    },
  ),
  ...engineSettings(),
};
