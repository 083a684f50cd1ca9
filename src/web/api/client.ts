import { withoutPrototypes } from "./without-prototypes.js";

/** Where MLflow's REST API is, from the server's root. */
export const MLFLOW = "/ajax-api/2.0/mlflow";
/** Where the routes of the application are. */
export const OWN = "/ajax-api/llmops/1";

/** What a server refused, in its own words, or that it could not be reached (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** Gives the answer to a request: what fetch does where there is a server. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

let transport: Transport = (path, init) => fetch(path, { credentials: "same-origin", ...init });

/** Has requests answered by something else than the page's server: a page in a file has its answers with it. */
export function answerBy(other: Transport): void {
  transport = other;
}

type Query = Record<string, string | number | readonly string[] | undefined>;

/** The JSON answer of a GET request. Throws ApiError. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return readJson<T>(await send(`${path}${queryText(query)}`, { ...(signal ? { signal } : {}) }));
}

/** The JSON answer of a request that sends a JSON body. Throws ApiError. */
export async function post<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  return write<T>("POST", path, body, signal);
}

/** Like post, with another method. Throws ApiError. */
export async function write<T>(method: "POST" | "PATCH" | "DELETE", path: string, body: object, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return readJson<T>(await send(path, { method, headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) }));
}

/** The text of a GET request's answer. Throws ApiError. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await send(path, { ...(signal ? { signal } : {}) })).text();
}

/** The text of an answer to a POST as it comes, in parts. Throws ApiError where it is refused, and what the signal aborts with. */
export async function openStream(path: string, body: object, signal: AbortSignal): Promise<AsyncIterable<string>> {
  const headers = { "content-type": "application/json" };
  const response = await send(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  return readParts(response);
}

async function* readParts({ body }: Response): AsyncGenerator<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) return;
      yield value;
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

/** The query of a URL: lists repeat their name; what is undefined is left out. */
export function queryText(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of typeof value === "object" ? value : [value]) pairs.append(name, String(each));
  }
  return pairs.size === 0 ? "" : `?${pairs}`;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await transport(path, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "UNREACHABLE", "The server does not answer. It may have been stopped, or the network is down.");
  });
  if (!response.ok) throw await toError(response);
  return response;
}

async function toError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  try {
    const { error_code, message } = JSON.parse(text) as { error_code?: string; message?: string };
    return new ApiError(response.status, error_code ?? "ERROR", message ?? text);
  } catch {
    return new ApiError(response.status, "ERROR", text === "" ? `The server answered with status ${response.status}.` : text.slice(0, 500));
  }
}

async function readJson<T>(response: Response): Promise<T> {
  return withoutPrototypes(JSON.parse(await response.text())) as T;
}
