import { choice, number, numberOrAuto, optionalMembers, optionalText, optionalYesOrNo, yesOrNo, type ConfigSetting } from "./setting.js";

/** What every parameter of the engine says of itself. */
interface Described {
  /** In llmops.yaml below `models`, and in sweeps. */
  name: string;
  /** Of serve, and of all commands that load a model, without dashes. */
  flag: string;
  about: string;
  /** Whether it sizes the engine, or says what the weights are kept as. */
  of: "engine" | "weights";
  /** Whether studies may vary it. */
  swept: boolean;
  /** Flags that say the opposite. */
  excludes?: readonly string[];
  /** Other places of llmops.yaml it may stand at. */
  places?: readonly string[];
  /** Only serve has the flag: studies find the value themselves. */
  onlyServe?: true;
}

/**
 * A parameter of the engine: a whole number, one that the engine may also find itself, one of some names, a switch (undefined: where it
 * works), a text, or members of a JSON object.
 */
export type EngineParameter = Described &
  (
    | { kind: "count"; min: number; max: number; default: number }
    | { kind: "count or auto"; min: number; max: number; default: "auto" }
    | { kind: "name"; names: readonly string[]; default: string }
    | { kind: "switch"; default: boolean | undefined }
    | { kind: "text"; default: undefined; placeholder: string }
    | { kind: "members"; default: undefined; placeholder: string }
  );

/**
 * Everything that can be said of the engine in this process, by its name among the options of programs. Flags, the settings of
 * llmops.yaml, what studies vary, and what reaches the engine follow from this table; a new entry needs its effect in the engine, and
 * nothing else.
 */
export const ENGINE_PARAMETERS = {
  slots: {
    kind: "count",
    min: 1,
    max: 256,
    default: 4,
    of: "engine",
    swept: true,
    onlyServe: true,
    name: "slots",
    flag: "slots",
    places: ["llm.batch_size"],
    about: "requests answered at the same time",
  },
  contextSize: {
    kind: "count",
    min: 16,
    max: Infinity,
    default: 2048,
    of: "engine",
    swept: false,
    name: "ctx_size",
    flag: "ctx-size",
    about: "context size in tokens per request, at most the model's own",
  },
  threads: {
    kind: "count or auto",
    min: 1,
    max: 512,
    default: "auto",
    of: "engine",
    swept: true,
    name: "threads",
    flag: "threads",
    about: "compute threads; auto measures the fastest count at startup and adapts while running",
  },
  batchSize: {
    kind: "count",
    min: 32,
    max: 8192,
    default: 512,
    of: "engine",
    swept: true,
    name: "batch_size",
    flag: "batch-size",
    about: "tokens evaluated per step",
  },
  gpu: {
    kind: "name",
    names: ["auto", "cuda", "vulkan", "metal", "off"],
    default: "auto",
    of: "engine",
    swept: false,
    name: "gpu",
    flag: "gpu",
    about: "compute device",
  },
  flashAttention: {
    kind: "switch",
    default: undefined,
    of: "engine",
    swept: false,
    name: "flash_attn",
    flag: "flash-attn",
    about: "flash attention, if supported",
  },
  cacheType: {
    kind: "name",
    names: ["f32", "f16", "q8_0"],
    default: "f16",
    of: "engine",
    swept: true,
    name: "cache_type",
    flag: "cache-type",
    about: "precision of the context cache; q8_0 takes about half the memory",
  },
  loadIn8Bit: {
    kind: "switch",
    default: false,
    of: "weights",
    swept: false,
    excludes: ["load_in_4bit"],
    name: "load_in_8bit",
    flag: "load_in_8bit",
    places: ["llm.load_in_8bit"],
    about: "load weights in 8 bits: a file in F16, BF16, or F32 is quantized once (Q8_0), to about half the size of F16",
  },
  loadIn4Bit: {
    kind: "switch",
    default: false,
    of: "weights",
    swept: false,
    name: "load_in_4bit",
    flag: "load_in_4bit",
    places: ["llm.load_in_4bit"],
    about: "load weights in 4 bits (Q4_K_M), less than a third of the size of F16",
  },
  reasoningFormat: {
    kind: "name",
    names: ["auto", "none", "deepseek"],
    default: "auto",
    of: "engine",
    swept: false,
    name: "reasoning_format",
    flag: "reasoning-format",
    about: "where thoughts are returned: separate from the text (auto, deepseek), or in it with their marks (none)",
  },
  reasoningBudget: {
    kind: "count",
    min: -1,
    max: Infinity,
    default: -1,
    of: "engine",
    swept: false,
    name: "reasoning_budget",
    flag: "reasoning-budget",
    about: "maximum tokens per thought; -1 for no limit, 0 for no thoughts",
  },
  deterministic: {
    kind: "switch",
    default: false,
    of: "engine",
    swept: false,
    name: "deterministic",
    flag: "deterministic",
    about: "same request and seed, same bytes: one request at a time, no reuse of earlier prompts",
  },
  chatTemplate: {
    kind: "text",
    default: undefined,
    placeholder: "FILE|NAME",
    of: "engine",
    swept: true,
    name: "chat_template",
    flag: "chat-template",
    about: "chat template: one in the model file, by name (tool_use), a built-in format (chatml, llama3), or a Jinja file",
  },
  chatTemplateKwargs: {
    kind: "members",
    default: undefined,
    placeholder: "JSON",
    of: "engine",
    swept: true,
    name: "chat_template_kwargs",
    flag: "chat-template-kwargs",
    about: 'variables of the chat template, such as {"enable_thinking": false}; a request\'s own go over them',
  },
  trustsTemplates: {
    kind: "switch",
    default: false,
    of: "engine",
    swept: false,
    onlyServe: true,
    name: "trust_request_chat_template",
    flag: "trust-request-chat-template",
    about: "allow requests to send their own chat template (chat_template), which is refused otherwise",
  },
} as const satisfies Record<string, EngineParameter>;

type Table = typeof ENGINE_PARAMETERS;

/** A value a parameter may have. */
export type EngineValue<Parameter extends EngineParameter> = Parameter extends { kind: "count" }
  ? number
  : Parameter extends { kind: "count or auto" }
    ? number | "auto"
    : Parameter extends { kind: "name" }
      ? Parameter["names"][number]
      : Parameter extends { kind: "text" }
        ? string | undefined
        : Parameter extends { kind: "members" }
          ? Readonly<Record<string, unknown>> | undefined
          : Parameter["default"] extends boolean
            ? boolean
            : boolean | undefined;

/** The engine as it is chosen; what is absent has its default. */
export type EngineChoice = { [Key in keyof Table]?: EngineValue<Table[Key]> | undefined };

/** The names of a table, in its order. */
export const ENGINE_KEYS = Object.keys(ENGINE_PARAMETERS) as (keyof Table)[];

/** The names of those that studies may vary. */
export const SWEPT_ENGINE_NAMES: readonly string[] = ENGINE_KEYS.map((key) => ENGINE_PARAMETERS[key])
  .filter(({ swept }) => swept)
  .map(({ name }) => name);

type EngineSettings = { [Key in keyof Table as `models.${Table[Key]["name"]}`]: ConfigSetting<EngineValue<Table[Key]>> };

/** The settings of llmops.yaml that choose the engine. */
export function engineSettings(): EngineSettings {
  return Object.fromEntries(
    ENGINE_KEYS.map((key) => [`models.${ENGINE_PARAMETERS[key].name}`, settingOf(ENGINE_PARAMETERS[key])]),
  ) as EngineSettings;
}

function settingOf(parameter: EngineParameter): ConfigSetting<unknown> {
  const { about, flag, places = [], onlyServe = false } = parameter;
  const options = { about, flag, aliases: places, ...(!onlyServe && { fills: flag }) };
  switch (parameter.kind) {
    case "count":
      return number(parameter.default, rangeOf(parameter), options);
    case "count or auto":
      return numberOrAuto(rangeOf(parameter), options);
    case "name":
      return choice(parameter.default, parameter.names, options);
    case "switch":
      return parameter.default === undefined ? optionalYesOrNo(options) : yesOrNo(parameter.default, options);
    case "text":
      return optionalText({ ...options, path: "name", placeholder: parameter.placeholder });
    case "members":
      return optionalMembers({ ...options, placeholder: parameter.placeholder });
  }
}

/** The bounds of a count; those that are none are left out. */
export function rangeOf({ min, max }: { min: number; max: number }): { min: number; max?: number } {
  return max === Infinity ? { min } : { min, max };
}
