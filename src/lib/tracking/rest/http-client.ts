import { setMaxListeners } from "node:events";
import type { Readable } from "node:stream";
import { DelegateBackoff, handleWhenResult, retry } from "cockatiel";
import { Pool, type Dispatcher } from "undici";
import type { MlflowConnection } from "../../base/config/mlflow-environment.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { parseExactJson } from "../../base/slices/exact-json.js";
import { publicLookup, refuseLocalTarget } from "../../base/http/addresses.js";
import { answerError, unreachable, type RefusedAnswer } from "./answer-error.js";

const RETRIED = [408, 429, 500, 502, 503, 504];
/** Answers that say nothing was done. */
const NOTHING_DONE = [429, 503];
const MAX_PAUSE_MS = 60_000;

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From /api on. */
  path: string;
  query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  json?: object;
  /** Sent as it is; a stream cannot be sent twice, and so is not retried. */
  content?: string | Uint8Array | Readable;
  /** Besides those of every request, in place of which they stand. */
  headers?: Readonly<Record<string, string>>;
  /** Whole numbers of the answer beyond 2^53 are bigints: digit by digit. */
  exact?: boolean;
  /** Done again it would be done twice: only retried where the server says that it did nothing. */
  once?: boolean;
}

/** A success, an answer that is none (read to its end), or no answer at all. */
type Outcome = { answer: Dispatcher.ResponseData } | { refused: RefusedAnswer } | { failure: unknown };

/** Requests to one MLflow server: a pool of connections, authentication, retries, and its errors as MlflowError. */
export class HttpClient {
  readonly origin: string;
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly headers: Record<string, string>;
  private readonly connection: MlflowConnection;
  private underWay = forMany();

  /**
   * `url` may hold user and password, and a path before /api. Throws INVALID_ARGUMENT for certificates that cannot be read, FORBIDDEN for
   * an address that the connection may not be to.
   */
  constructor(url: URL, connection: MlflowConnection) {
    if (connection.publicOnly) refuseLocalTarget(url);
    this.origin = `${url.origin}${withoutTrailingSlashes(url.pathname)}`;
    this.prefix = withoutTrailingSlashes(url.pathname);
    this.connection = connection;
    this.headers = { "user-agent": "llmops", ...authorization(url, connection) };
    const timeoutMs = connection.timeoutSeconds * 1000;
    this.pool = new Pool(url.origin, {
      connections: connection.poolSize,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: connectOptions(connection),
    });
  }

  /** The answer's JSON. Throws MlflowError for an error of the server, STORE_UNREACHABLE when there is no answer. */
  async json<T>(request: HttpRequest): Promise<T> {
    const { body } = await this.send(request);
    const text = await body.text().catch((cause: unknown) => {
      throw unreachable(this.origin, cause);
    });
    const answer = parseObject(text, request.exact);
    if (answer !== undefined) return answer as T;
    throw new LlmopsError(
      "STORE_ERROR",
      `${this.origin}${request.path} did not answer with JSON that is an object: ${text.slice(0, 100)}`,
      {
        hint: "Is it an MLflow server?",
      },
    );
  }

  /** Nothing but that it was done. Throws as json does. */
  async done(request: HttpRequest): Promise<void> {
    const { body } = await this.send(request);
    await body.dump();
  }

  /** The answer's bytes. */
  async bytes(request: HttpRequest): Promise<Readable> {
    return (await this.send(request)).body;
  }

  /** Breaks off what is under way, pauses between attempts too: it throws STORE_UNREACHABLE. Later requests are sent as ever. */
  abandon(): void {
    this.underWay.abort(new Error("it was given up"));
    this.underWay = forMany();
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async send(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const isStream = typeof request.content === "object" && "pipe" in request.content;
    const retries = isStream ? 0 : this.connection.maxRetries;
    const policy = retry(
      handleWhenResult((outcome) => isWorthRetrying(outcome as Outcome, request)),
      {
        maxAttempts: retries,
        backoff: new DelegateBackoff(({ attempt, result }) => this.pauseMs(attempt, (result as { value?: Outcome }).value)),
      },
    );
    const { signal } = this.underWay;
    const attempt = () => this.attempt(request, signal);
    const outcome = retries === 0 ? await attempt() : await orGivenUp(policy.execute(attempt, signal), signal);
    if ("answer" in outcome) return outcome.answer;
    if ("failure" in outcome) throw unreachable(this.origin, outcome.failure);
    throw answerError(this.origin, request.path, outcome.refused);
  }

  private async attempt({ method, path, query, json, content, headers: own }: HttpRequest, signal: AbortSignal): Promise<Outcome> {
    const body = json === undefined ? (content ?? null) : JSON.stringify(json);
    const type = json === undefined ? "application/octet-stream" : "application/json";
    try {
      const answer = await this.pool.request({
        method,
        path: `${this.prefix}${path}${toQuery(query)}`,
        headers: { ...this.headers, ...(body === null ? {} : { "content-type": type }), ...own },
        body,
        signal,
      });
      const { statusCode, headers } = answer;
      if (statusCode < 300) return { answer };
      return { refused: { statusCode, retryAfterSeconds: Number(headers["retry-after"]), text: await answer.body.text() } };
    } catch (failure) {
      return { failure };
    }
  }

  private pauseMs(attempt: number, outcome: Outcome | undefined): number {
    const { backoffFactor, backoffJitter } = this.connection;
    const asked = outcome && "refused" in outcome ? outcome.refused.retryAfterSeconds : Number.NaN;
    const seconds = Number.isFinite(asked) ? asked : backoffFactor * 2 ** (attempt - 1);
    return Math.min(MAX_PAUSE_MS, (seconds + Math.random() * backoffJitter) * 1000);
  }
}

/** A controller every request under way listens to, as many as there are; each stops listening when it ends. */
function forMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** The outcome, or the signal's reason as a failure: pauses between attempts do not end with it by themselves. */
async function orGivenUp(work: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<Outcome>((resolve) => {
    giveUp = () => resolve({ failure: signal.reason });
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([work, givenUp]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function isWorthRetrying(outcome: Outcome, { once = false }: HttpRequest): boolean {
  if ("failure" in outcome) return !once;
  return "refused" in outcome && (once ? NOTHING_DONE : RETRIED).includes(outcome.refused.statusCode);
}

function authorization(url: URL, { username, password, token }: MlflowConnection): Record<string, string> {
  const user = decodeURIComponent(url.username) || username;
  const secret = decodeURIComponent(url.password) || password;
  if (user !== undefined && secret !== undefined) {
    return { authorization: `Basic ${Buffer.from(`${user}:${secret}`, "utf8").toString("base64")}` };
  }
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function connectOptions({ insecureTls, serverCertPath, clientCertPath, publicOnly }: MlflowConnection) {
  const client = clientCertPath === undefined ? undefined : readPem(clientCertPath);
  return {
    rejectUnauthorized: !insecureTls,
    ...(publicOnly && { lookup: publicLookup }),
    ...(serverCertPath === undefined ? {} : { ca: readPem(serverCertPath) }),
    ...(client === undefined ? {} : { cert: client, key: client }),
  };
}

function readPem(path: string): string {
  try {
    return readTextFile(path);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The certificate ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: "Check MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_CLIENT_CERT_PATH.",
      cause,
    });
  }
}

function toQuery(query: HttpRequest["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) parameters.append(name, String(item));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

function parseObject(text: string, exact = false): object | undefined {
  try {
    const value: unknown = exact ? parseExactJson(text) : JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
