import { engineSettings } from "./engine-parameters.js";
import { assignments, number, optionalNumber, optionalText, text } from "./setting.js";

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
  ...engineSettings(),
};
