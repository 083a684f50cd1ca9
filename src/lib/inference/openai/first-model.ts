import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { toEndpointError } from "./endpoint-error.js";
import type { EndpointHttp } from "./endpoint-http.js";
import { asObject, parseObject } from "./json-object.js";
import { readText } from "./read-answer.js";

/** Attempts to learn the endpoint's model where it is busy. */
const MODEL_ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 60;

/** Where an endpoint is, and how long its list of models may take. */
export interface ModelQuestion {
  location: string;
  timeoutMs: number | undefined;
}

/** The first model an endpoint lists; one that is busy is asked again. Throws ENDPOINT_UNREACHABLE, REQUEST_TIMEOUT, ENDPOINT_REFUSED, or ENDPOINT_ERROR. */
export async function firstModel(http: EndpointHttp, question: ModelQuestion, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listedModel(http, question, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toEndpointError(cause, question.location);
      const { retryAfterSeconds = 2 ** attempt / 4 } = error;
      const isBusy = error.code === "RATE_LIMITED" || error.retryAfterSeconds !== undefined;
      if (!isBusy || attempt === MODEL_ATTEMPTS || retryAfterSeconds > LONGEST_WAIT_SECONDS) throw error;
      await sleep(retryAfterSeconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** One look at the endpoint's list. Throws REQUEST_TIMEOUT where it takes too long. */
async function listedModel(http: EndpointHttp, { location, timeoutMs }: ModelQuestion, signal: AbortSignal): Promise<string> {
  const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    const { body } = await http.get("/models", late ? AbortSignal.any([signal, late]) : signal);
    const { data } = parseObject(await readText(body)) ?? {};
    const id = asObject(Array.isArray(data) ? data[0] : undefined)?.["id"];
    if (typeof id === "string") return id;
  } catch (cause) {
    if (late?.aborted !== true || signal.aborted) throw cause;
    throw new LlmopsError("REQUEST_TIMEOUT", `The endpoint ${location} did not list its models within ${(timeoutMs ?? 0) / 1000} s.`, {
      hint: "Check that it is ready, raise --timeout, or name the model with --model.",
      cause,
    });
  }
  throw new LlmopsError("ENDPOINT_ERROR", `The endpoint ${location} lists no models.`, { hint: "Name one with --model." });
}
