import type { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Usage } from "../../inference/openai/completion.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import type { FieldNames } from "./field-names.js";

/** How the events of one streamed answer are written. An object serves one answer: it may remember what has been written. */
export interface StreamFormat {
  readonly contentType: string;
  /** What an event in OpenAI's shape becomes; "" where nothing is to be said of it. */
  event(event: JsonObject): string;
  /** What follows the last event of a whole answer. */
  end(): string;
  /** What is said where an error ends the stream after it has begun. */
  error(error: LlmopsError, requestId: string): string;
}

/** A request of another API in OpenAI's words, and how its answer is told in that API's. */
export interface Translation {
  path: "/v1/chat/completions" | "/v1/completions";
  /** As the path takes it. A stream has to ask for its token counts where the API tells them. */
  body: JsonObject;
  /** What the fields of the body are called in the other API, where that differs. */
  names?: FieldNames;
  /** The body of a whole answer. */
  toAnswer: (answer: JsonObject) => JsonObject;
  /** Begins a streamed answer. `begun` tells the tokens of its prompt, where they are known when it begins. */
  stream: (begun: () => Usage | undefined) => StreamFormat;
}
