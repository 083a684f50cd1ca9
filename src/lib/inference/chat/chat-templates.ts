import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { BUILTIN_NAMES, BUILTIN_TEMPLATES, type BuiltinName } from "./builtin-templates.js";
import type { ChatPrompt } from "./chat-prompt.js";
import { ChatTemplate, type ChatTemplateOptions } from "./chat-template.js";

const KEY = "tokenizer.chat_template";
/** The name of the template for everything that has none of its own. */
export const DEFAULT_VARIANT = "default";

/** The chat templates of a model file by their names, from its metadata: `tokenizer.chat_template`, and variants below it. */
export function templateVariants(metadata: ReadonlyMap<string, unknown>): Map<string, string> {
  const variants = new Map<string, string>();
  for (const [key, value] of metadata) {
    if (typeof value !== "string" || (key !== KEY && !key.startsWith(`${KEY}.`))) continue;
    variants.set(key === KEY ? DEFAULT_VARIANT : key.slice(KEY.length + 1), value);
  }
  return variants;
}

export interface ChatTemplatesOptions extends Omit<ChatTemplateOptions, "source"> {
  /** The templates of the model file. */
  variants: ReadonlyMap<string, string>;
  /** Takes their place: the name of one of them, of a built-in format, or a file. */
  chosen?: string | undefined;
}

/** The chat templates of a model: which one renders a prompt depends on what it asks for. */
export class ChatTemplates {
  private readonly sources: ReadonlyMap<string, string>;
  private readonly options: Omit<ChatTemplateOptions, "source">;
  private readonly compiled = new Map<string, ChatTemplate>();

  /** Throws INVALID_ARGUMENT for a choice that is neither a name nor a file, and MODEL_INVALID for a template that is not valid Jinja. */
  constructor({ variants, chosen, ...options }: ChatTemplatesOptions) {
    this.options = options;
    this.sources = chosen === undefined ? withDefault(variants) : new Map([[DEFAULT_VARIANT, findTemplate(chosen, variants)]]);
    for (const name of this.sources.keys()) this.variant(name);
  }

  /** The variant for tools where there are tools and one is there, the one for documents likewise, or the default. */
  for({ tools, documents }: Pick<ChatPrompt, "tools" | "documents">): ChatTemplate {
    const wanted = tools && tools.length > 0 ? "tool_use" : documents && documents.length > 0 ? "rag" : DEFAULT_VARIANT;
    return this.variant(this.sources.has(wanted) ? wanted : DEFAULT_VARIANT);
  }

  /** Another template with the model's own tokens. Throws INVALID_ARGUMENT where it is not valid Jinja. */
  compile(source: string): ChatTemplate {
    try {
      return new ChatTemplate({ ...this.options, source });
    } catch (error) {
      throw new LlmopsError("INVALID_ARGUMENT", `chat_template is not valid: ${messageOf(error)}`, {
        param: "chat_template",
        cause: error,
      });
    }
  }

  private variant(name: string): ChatTemplate {
    const known = this.compiled.get(name);
    if (known) return known;
    const template = new ChatTemplate({ ...this.options, source: this.sources.get(name) ?? BUILTIN_TEMPLATES.chatml });
    this.compiled.set(name, template);
    return template;
  }
}

/** Models without a template of their own are asked in ChatML, as llama-server does; the first of several counts where none is the default. */
function withDefault(variants: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (variants.has(DEFAULT_VARIANT)) return variants;
  const [first = BUILTIN_TEMPLATES.chatml] = variants.values();
  return new Map([...variants, [DEFAULT_VARIANT, first]]);
}

function findTemplate(chosen: string, variants: ReadonlyMap<string, string>): string {
  const variant = variants.get(chosen);
  if (variant !== undefined) return variant;
  if (BUILTIN_NAMES.includes(chosen as BuiltinName)) return BUILTIN_TEMPLATES[chosen as BuiltinName];
  try {
    return readTextFile(chosen);
  } catch (cause) {
    const names = [...variants.keys(), ...BUILTIN_NAMES].join(", ");
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `The chat template ${chosen} is neither a name nor a file that can be read: ${messageOf(cause)}`,
      {
        hint: `Names of this model and of built-in formats: ${names}.`,
        cause,
      },
    );
  }
}
