import { homedir } from "node:os";
import { join } from "node:path";
import { LlmopsError } from "../errors/llmops-error.js";
import { readTextFile } from "../files/read-text-file.js";
import { s3Settings, type S3Settings } from "./s3-settings.js";

/** How a tracking server is talked to. Names and meanings are those of MLflow's own variables. */
export interface MlflowConnection {
  username: string | undefined;
  password: string | undefined;
  token: string | undefined;
  insecureTls: boolean;
  /** Paths of PEM files: the authority that signed the server's certificate, and this client's certificate with its key. */
  serverCertPath: string | undefined;
  clientCertPath: string | undefined;
  /** Of requests that were answered with 408, 429, 500, 502, 503 or 504, or not at all. */
  maxRetries: number;
  /** Seconds before the first retry; doubled each time. */
  backoffFactor: number;
  /** Up to so many seconds more, at random. */
  backoffJitter: number;
  timeoutSeconds: number;
  poolSize: number;
  /** Only servers of the internet, and nothing of this machine's files: the URI is from a request. */
  publicOnly?: boolean;
  /** Cut long values to MLflow's limits instead of refusing them. */
  truncateLongValues: boolean;
  /** Of object stores that artifacts are in, read when one is used; undefined where the credentials are not for whoever names one. */
  s3: (() => S3Settings) | undefined;
}

type Environment = NodeJS.ProcessEnv;

/**
 * The settings of a connection: MLFLOW_TRACKING_* and MLFLOW_HTTP_REQUEST_* variables, then the [mlflow]
 * section of ~/.mlflow/credentials. Throws INVALID_ARGUMENT for a value that is not a number.
 */
export function mlflowConnection(environment: Environment = process.env, home = homedir()): MlflowConnection {
  const stored = readCredentials(join(home, ".mlflow", "credentials"));
  const text = (name: string) => environment[name] || undefined;
  const number = (name: string, fallback: number) => toNumber(name, text(name), fallback);
  return {
    username: text("MLFLOW_TRACKING_USERNAME") ?? stored["mlflow_tracking_username"],
    password: text("MLFLOW_TRACKING_PASSWORD") ?? stored["mlflow_tracking_password"],
    token: text("MLFLOW_TRACKING_TOKEN"),
    insecureTls: isTrue(text("MLFLOW_TRACKING_INSECURE_TLS")),
    serverCertPath: text("MLFLOW_TRACKING_SERVER_CERT_PATH"),
    clientCertPath: text("MLFLOW_TRACKING_CLIENT_CERT_PATH"),
    maxRetries: Math.min(10, number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", 3)),
    backoffFactor: number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", 0.5),
    backoffJitter: number("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", 0.5),
    timeoutSeconds: number("MLFLOW_HTTP_REQUEST_TIMEOUT", 120),
    poolSize: number("MLFLOW_HTTP_POOL_CONNECTIONS", 10),
    truncateLongValues: !/^(false|0)$/i.test(text("MLFLOW_TRUNCATE_LONG_VALUES") ?? ""),
    s3: () => s3Settings(environment),
  };
}

/** The same connection for a server that the credentials are not for: neither password, token nor certificate is sent to it, nor does it name buckets. */
export function withoutCredentials(connection: MlflowConnection): MlflowConnection {
  return { ...connection, username: undefined, password: undefined, token: undefined, clientCertPath: undefined, s3: undefined };
}

/** The token that guards this machine's own tracking server: LLMOPS_MLFLOW_TOKEN. */
export function trackingServerToken(environment: Environment = process.env): string | undefined {
  return environment["LLMOPS_MLFLOW_TOKEN"] || undefined;
}

/** The password of the admin that a tracking server with users begins with: LLMOPS_MLFLOW_ADMIN_PASSWORD. */
export function mlflowAdminPassword(environment: Environment = process.env): string | undefined {
  return environment["LLMOPS_MLFLOW_ADMIN_PASSWORD"] || undefined;
}

/** The folder of what llmops keeps between runs: LLMOPS_STATE_DIR, or llmops in XDG_STATE_HOME or ~/.local/state. */
export function stateFolder(environment: Environment = process.env, home = homedir()): string {
  return environment["LLMOPS_STATE_DIR"] || join(environment["XDG_STATE_HOME"] || join(home, ".local", "state"), "llmops");
}

/** The folder of what can be fetched again: LLMOPS_CACHE_DIR, or llmops in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: Environment = process.env, home = homedir()): string {
  return environment["LLMOPS_CACHE_DIR"] || join(environment["XDG_CACHE_HOME"] || join(home, ".cache"), "llmops");
}

/** This process's environment with the variables added: what a child of it sees. */
export function childEnvironment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const environment = { ...process.env, ...added };
  // the launcher's own choice for this process is not the user's wish for others
  if (Symbol.for("llmops.own-worker-pool") in globalThis) delete environment["UV_THREADPOOL_SIZE"];
  return environment;
}

function isTrue(text: string | undefined): boolean {
  return /^(true|1)$/i.test(text ?? "");
}

function toNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new LlmopsError("INVALID_ARGUMENT", `${name} is "${text}".`, { hint: "Set it to a number that is not negative, or unset it." });
}

/** The keys of the [mlflow] section of an INI file; nothing when there is no file. */
function readCredentials(path: string): Record<string, string> {
  let content: string;
  try {
    content = readTextFile(path);
  } catch {
    return {};
  }
  const section = /^\[mlflow\][^\S\n]*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(content)?.[1] ?? "";
  const pairs = [...section.matchAll(/^\s*(\w+)\s*[=:]\s*(.*?)\s*$/gm)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [key, value]));
}
