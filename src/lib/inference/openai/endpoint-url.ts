import { LlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { splitCredentials } from "../../base/errors/url-credentials.js";

/** The base URL of an endpoint, with or without /v1, as it is asked: without user and password, which are its authorization. Throws INVALID_ARGUMENT. */
export function readEndpointUrl(text: string): ReturnType<typeof splitCredentials> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not the URL of an endpoint.`, {
      hint: "Write it like http://127.0.0.1:8080/v1.",
    });
  }
  const path = withoutTrailingSlashes(url.pathname);
  url.pathname = path === "" ? "/v1" : path;
  return splitCredentials(url.href);
}
