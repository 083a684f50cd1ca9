import { LlmopsError } from "../../base/errors/llmops-error.js";
import { UpstreamRefusal } from "../../inference/gateway/provider-fault.js";
import type { FieldNames } from "../dialects/field-names.js";

/** Does the work; errors about OpenAI's fields name those that the client sent. Throws what the work throws. */
export async function withFieldNames<T>(names: FieldNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withNames(error, names);
  }
}

/** What was thrown, where it is an error about one of OpenAI's fields, by the name that the client sent. */
export function withNames(error: unknown, names: FieldNames): unknown {
  return error instanceof LlmopsError ? renamed(error, names) : error;
}

/** An error about one of OpenAI's fields, in the other API's words. What an upstream refused stays in the upstream's. */
function renamed(error: LlmopsError, names: FieldNames): LlmopsError {
  const { code, message, hint, param: own, retryAfterSeconds } = error;
  const found = own === undefined || error instanceof UpstreamRefusal ? undefined : names.find(([pattern]) => pattern.test(own));
  if (own === undefined || found === undefined) return error;
  const param = own.replace(...found);
  // "messages" and "stop" are words too: only an identifier is the field wherever it stands
  const isWord = /^\w*$/.test(own) && !own.includes("_");
  const told = (text: string) => (isWord ? text.replace(new RegExp(`^${own}(?=:)`), () => param) : text.replaceAll(own, () => param));
  return new LlmopsError(code, told(message), {
    ...(hint !== undefined && { hint: told(hint) }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...{ param, cause: error },
  });
}
