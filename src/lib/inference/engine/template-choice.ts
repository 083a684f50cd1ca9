import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Steps } from "../../base/slices/slices.js";
import type { ChatTemplate } from "../chat/chat-template.js";
import type { ChatTemplates } from "../chat/chat-templates.js";
import type { ChatRequest } from "../openai/completion.js";
import { Recent } from "./recent.js";

/** Templates that requests bring are kept: those of one client bring the same one again and again. */
const KEPT_TEMPLATES = 16;

/** Chooses what renders a chat: a template of the model, or the one that the request brings. */
export class TemplateChoice {
  private readonly templates: ChatTemplates;
  private readonly trusts: boolean;
  private readonly kept = new Recent<ChatTemplate>(KEPT_TEMPLATES);

  constructor(templates: ChatTemplates, { trusts }: { trusts: boolean }) {
    this.templates = templates;
    this.trusts = trusts;
  }

  /**
   * The template for a request, in steps. Throws UNSUPPORTED_PARAMETER where requests may not bring one, and INVALID_ARGUMENT for one that
   * is neither valid Jinja nor a name.
   */
  *for(request: ChatRequest): Steps<ChatTemplate> {
    const { chatTemplate } = request;
    if (chatTemplate === undefined) return this.templates.for(request);
    if (!this.trusts) {
      throw new LlmopsError("UNSUPPORTED_PARAMETER", "This server does not accept chat_template in requests.", {
        hint: "The operator can allow it with --trust-request-chat-template, or choose a template with --chat-template.",
        param: "chat_template",
      });
    }
    const template = this.kept.get(chatTemplate) ?? (yield* this.templates.requested(chatTemplate));
    this.kept.set(chatTemplate, template);
    return template;
  }
}
