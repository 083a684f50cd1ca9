import type { ChatMessage, Tool } from "../openai/completion.js";

/** What a prompt is rendered of. */
export interface ChatPrompt {
  messages: readonly ChatMessage[];
  tools?: readonly Tool[] | undefined;
  /** Texts the answer may be based on, for templates that show them. */
  documents?: readonly object[] | undefined;
  /** Variables of the template. */
  variables?: Readonly<Record<string, unknown>> | undefined;
  /** OpenAI's name for how much to think, in the template's own variables. */
  reasoningEffort?: string | undefined;
  /** The prompt does not end with the beginning of the assistant's turn. */
  withoutAnswer?: boolean | undefined;
  /** The prompt ends with the last message, which the answer continues. */
  continuesLast?: boolean | undefined;
}
