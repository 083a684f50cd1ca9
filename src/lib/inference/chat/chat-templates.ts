import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { atOnce, type Steps } from "../../base/slices/slices.js";
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
  private readonly variants: ReadonlyMap<string, string>;
  private readonly compiled = new Map<string, ChatTemplate>();

  /** Throws INVALID_ARGUMENT for a choice that is neither a name nor a file, and MODEL_INVALID for a template that is not valid Jinja. */
  constructor({ variants, chosen, ...options }: ChatTemplatesOptions) {
    this.options = options;
    this.variants = variants;
    this.sources = chosen === undefined ? withDefault(variants) : new Map([[DEFAULT_VARIANT, findTemplate(chosen, variants)]]);
    for (const name of this.sources.keys()) this.variant(name);
  }

  /** The variant for tools where there are tools and one is there, the one for documents likewise, or the default. */
  for({ tools, documents }: Pick<ChatPrompt, "tools" | "documents">): ChatTemplate {
    const wanted = tools && tools.length > 0 ? "tool_use" : documents && documents.length > 0 ? "rag" : DEFAULT_VARIANT;
    return this.variant(this.sources.has(wanted) ? wanted : DEFAULT_VARIANT);
  }

  /**
   * The template that a request brings, as Jinja or by a name, with the model's own tokens. Throws INVALID_ARGUMENT where it is neither, or
   * not valid.
   */
  *requested(asked: string): Steps<ChatTemplate> {
    const source = this.named(asked) ?? asked;
    try {
      return yield* ChatTemplate.create({ ...this.options, source });
    } catch (error) {
      const cause = error instanceof LlmopsError ? error.cause : error;
      throw new LlmopsError("INVALID_ARGUMENT", `chat_template is not valid Jinja: ${messageOf(cause)}`, { param: "chat_template", cause });
    }
  }

  /** The source of a template of this model, or of a built-in format; undefined for Jinja. */
  private named(asked: string): string | undefined {
    if (asked.includes("{{") || asked.includes("{%")) return undefined;
    const source = this.variants.get(asked) ?? builtinTemplate(asked);
    if (source !== undefined) return source;
    throw new LlmopsError("INVALID_ARGUMENT", `chat_template is neither Jinja nor a name: ${quoted(asked)}`, {
      hint: namesHint(this.variants),
      param: "chat_template",
    });
  }

  private variant(name: string): ChatTemplate {
    const known = this.compiled.get(name);
    if (known) return known;
    const source = this.sources.get(name) ?? BUILTIN_TEMPLATES.chatml;
    const template = atOnce(ChatTemplate.create({ ...this.options, source }));
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

function builtinTemplate(name: string): string | undefined {
  return BUILTIN_NAMES.includes(name as BuiltinName) ? BUILTIN_TEMPLATES[name as BuiltinName] : undefined;
}

function namesHint(variants: ReadonlyMap<string, string>): string {
  return `Names of this model and of built-in formats: ${[...variants.keys(), ...BUILTIN_NAMES].join(", ")}.`;
}

const LONGEST_QUOTE = 60;

function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

function findTemplate(chosen: string, variants: ReadonlyMap<string, string>): string {
  const variant = variants.get(chosen);
  if (variant !== undefined) return variant;
  const builtin = builtinTemplate(chosen);
  if (builtin !== undefined) return builtin;
  try {
    return readTextFile(chosen);
  } catch (cause) {
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `The chat template ${chosen} is neither a name nor a file that can be read: ${messageOf(cause)}`,
      {
        hint: namesHint(variants),
        cause,
      },
    );
  }
}
