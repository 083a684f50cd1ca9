import type { DryBreakers } from "./dry-breakers.js";
import type { EndTokens } from "./end-tokens.js";
import type { JsonGrammars } from "./json-grammar.js";
import type { NativeContext } from "./native-context.js";
import type { PromptBuilder } from "./prompt-builder.js";
import type { Scheduler } from "./scheduler.js";
import type { TokenBytes } from "./token-bytes.js";

/** The parts of an engine that a request needs. */
export interface GenerationContext {
  scheduler: Scheduler;
  native: NativeContext;
  prompts: PromptBuilder;
  grammars: JsonGrammars;
  bytes: TokenBytes;
  contextSize: number;
  queueLimit: number;
  vocabularySize: number;
  endTokens: EndTokens;
  breakers: DryBreakers;
}
