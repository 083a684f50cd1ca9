import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { LlmopsError } from "../errors/llmops-error.js";
import { withoutTrailingSlashes } from "../errors/text-ends.js";
import { readTextFile } from "../files/read-text-file.js";

/** A secret from the environment variable of that name, never printed. Throws INVALID_ARGUMENT when it is not set. */
export function readSecret(variable: string, environment: NodeJS.ProcessEnv = process.env): string {
  const value = environment[variable];
  if (value !== undefined && value !== "") return value;
  throw new LlmopsError("INVALID_ARGUMENT", `The environment variable ${variable} is not set.`, {
    hint: `Set it to the endpoint's API key: export ${variable}=...`,
  });
}

/** A secret from the environment variable of that name, where it is set. */
export function optionalSecret(variable: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment[variable] || undefined;
}

/**
 * True when the worker pool of this process has one thread, so that work queued in it runs in the order it was
 * queued. It has to be set before the pool is first used: the launcher in bin/ does that.
 */
export function hasOrderedWorkers(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment["UV_THREADPOOL_SIZE"] === "1";
}

/** True when DEBUG asks for llmops' internals: stack traces of unexpected errors. */
export function isDebug(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment["DEBUG"] ?? "").split(",").some((name) => name === "*" || name.startsWith("llmops"));
}

/** True when NO_COLOR asks for output without colors (no-color.org), and FORCE_COLOR does not ask for them. */
export function refusesColors(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment["NO_COLOR"] ?? "") !== "" && environment["FORCE_COLOR"] === undefined;
}

/** How many columns output may have, where COLUMNS says so: a whole number of 20 or more. */
export function columnsOfEnvironment(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const columns = Number(environment["COLUMNS"] || Number.NaN);
  return Number.isInteger(columns) && columns >= 20 ? columns : undefined;
}

/** True where programs can show windows: always on macOS and Windows, elsewhere where a display, or a browser to use, is named. */
export function hasDesktop(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === "darwin" || platform === "win32") return environment["SSH_CONNECTION"] === undefined;
  return ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"].some((name) => (environment[name] ?? "") !== "");
}

/** The file a GitHub Actions step shows as its summary; undefined outside of one. */
export function stepSummaryPath(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment["GITHUB_STEP_SUMMARY"] || undefined;
}

/** The name runs are recorded under: the system's user, or "unknown" where a container has none. */
export function currentUser(environment: NodeJS.ProcessEnv = process.env): string {
  try {
    return userInfo().username;
  } catch {
    return environment["USER"] ?? "unknown";
  }
}

/** Hugging Face, or the mirror HF_ENDPOINT names, with the token HF_TOKEN, or the one `hf auth login` left. */
export function huggingFace(
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): { endpoint: string; token: string | undefined } {
  const endpoint = withoutTrailingSlashes(environment["HF_ENDPOINT"] || "https://huggingface.co");
  if (!URL.canParse(endpoint)) {
    throw new LlmopsError("INVALID_ARGUMENT", `HF_ENDPOINT is "${endpoint}".`, { hint: "Set it to the URL of a mirror, or unset it." });
  }
  const path = environment["HF_TOKEN_PATH"] || join(environment["HF_HOME"] || join(home, ".cache", "huggingface"), "token");
  return { endpoint, token: environment["HF_TOKEN"] || readIfThere(path) };
}

function readIfThere(path: string): string | undefined {
  try {
    return readTextFile(path).trim() || undefined;
  } catch {
    return undefined;
  }
}
