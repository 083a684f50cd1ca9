import { Flags, type Interfaces } from "@oclif/core";
import type { StoreServerOptions } from "../../app/tracking/serve-store.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toList } from "./flag-lists.js";
import { serverUsersFlags, serverUsersOf } from "./server-users-flags.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import { artifactFlags, placesOf } from "./artifact-flags.js";

const LOCAL_SERVE = "http://127.0.0.1:8080";

/** The flags of `mlflow server`. */
export const storeServerFlags = {
  "backend-store-uri": Flags.string({
    aliases: ["tracking-uri"],
    default: ".",
    helpValue: "URI",
    description:
      "the store: a folder with mlflow.db and mlartifacts, sqlite:///FILE, or postgresql://USER@HOST/DATABASE; created if it does not exist",
  }),
  ...artifactFlags,
  "serve-artifacts": Flags.boolean({
    env: "MLFLOW_SERVE_ARTIFACTS",
    allowNo: true,
    default: true,
    description: "hand out mlflow-artifacts:/; without it, new experiments keep artifacts in mlruns or --default-artifact-root",
  }),
  host: Flags.string({ default: "127.0.0.1", description: "address to listen on" }),
  port: Flags.integer({ char: "p", default: 5000, min: 0, max: 65535, description: "port to listen on; 0 takes any free one" }),
  "allowed-hosts": Flags.string({
    env: "MLFLOW_SERVER_ALLOWED_HOSTS",
    helpValue: "LIST",
    description: "comma-separated host names it answers to, besides this machine's and private addresses; * for any",
  }),
  "cors-allowed-origins": Flags.string({
    env: "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
    helpValue: "LIST",
    description: "comma-separated origins whose pages may use it, besides those on this machine; * for any",
  }),
  playground: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "URL",
    description: `an OpenAI-compatible server that the playground page may ask; repeatable; none for no playground [default: ${LOCAL_SERVE}, where only this machine is listened to]`,
  }),
  "playground-key-env": Flags.string({
    default: "LLMOPS_API_KEY",
    helpValue: "VAR",
    description: "environment variable with the API key for the playground's servers; pages never see it",
  }),
  ...serverUsersFlags,
  "log-level": Flags.option({
    options: ["debug", "info", "warn", "error", "silent"] as const,
    default: "info",
    description: "what is logged",
  })(),
};

/** What `storeServerFlags` have served, and to whom. */
export function storeServerOptionsOf(
  flags: Interfaces.InferredFlags<typeof storeServerFlags>,
): Omit<StoreServerOptions, "logger" | "token"> {
  return {
    store: flags["backend-store-uri"],
    places: placesOf(flags, flags["serve-artifacts"]),
    host: flags.host,
    port: flags.port,
    allowedHosts: toList(flags["allowed-hosts"]),
    allowedOrigins: toList(flags["cors-allowed-origins"]),
    playground: playgroundOf(flags),
    users: serverUsersOf(flags),
  };
}

/**
 * Which servers the playground may ask: those that are named, or the local one where strangers cannot ask this server to. Throws
 * INVALID_ARGUMENT for what is not a URL.
 */
function playgroundOf({
  playground: named = [],
  host,
  ...flags
}: Pick<
  Interfaces.InferredFlags<typeof storeServerFlags>,
  "playground" | "host" | "playground-key-env"
>): StoreServerOptions["playground"] {
  if (named.length === 0 && !isLoopbackHost(host)) return undefined;
  if (named.length === 1 && named[0] === "none") return undefined;
  return { urls: named.length === 0 ? [LOCAL_SERVE] : named.map(checkUrl), keyEnv: flags["playground-key-env"] };
}

function checkUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a server URL.`, {
    hint: `Write --playground like ${LOCAL_SERVE}, or none alone.`,
  });
}
