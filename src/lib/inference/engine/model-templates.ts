import { hash } from "node:crypto";
import { ChatTemplates, templateVariants } from "../chat/chat-templates.js";
import { vocabularySize } from "../models/model-facts.js";
import type { ModelFile } from "../models/model-file.js";
import type { EngineOptions } from "./engine-options.js";
import type { LoadedModel } from "./load-llama.js";
import { PromptBuilder } from "./prompt-builder.js";
import type { TokenBytes } from "./token-bytes.js";

/** The chat templates of the model file, or the one that was chosen. Throws MODEL_INVALID, and INVALID_ARGUMENT for the choice. */
function templatesOf({ header }: ModelFile, { model }: LoadedModel, { chatTemplate }: EngineOptions): ChatTemplates {
  const { bosString, eosString } = model.tokens;
  const variants = templateVariants(header.metadata);
  return new ChatTemplates({ variants, chosen: chatTemplate, bosToken: bosString ?? "", eosToken: eosString ?? "" });
}

/** Tells engines apart that ask the same model in other words: nothing, or a hash of the template and variables that were chosen. */
export function templateTag(templates: ChatTemplates, { chatTemplate, chatTemplateKwargs }: EngineOptions): string {
  if (chatTemplate === undefined && chatTemplateKwargs === undefined) return "";
  return `~${hash("sha256", JSON.stringify([templates.for({}).source, chatTemplateKwargs])).slice(0, 16)}`;
}

/** What builds prompts of a model that was loaded. Throws what its chat template throws. */
export function promptBuilderOf(
  file: ModelFile,
  loaded: LoadedModel,
  { options, bytes }: { options: EngineOptions; bytes: TokenBytes },
): PromptBuilder {
  return new PromptBuilder(loaded.model, {
    ...{ vocabularySize: vocabularySize(file.header), bytes, templates: templatesOf(file, loaded, options) },
    ...{ templateVariables: options.chatTemplateKwargs, trustsTemplates: options.trustsTemplates },
    reasoning: { format: options.reasoningFormat, budget: options.reasoningBudget },
  });
}
