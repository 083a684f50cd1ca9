import { Flags, type Interfaces } from "@oclif/core";
import type { StoreServerOptions } from "../../app/tracking/serve-store.js";

/** The flags of `mlflow server`. */
export const storeServerFlags = {
  "backend-store-uri": Flags.string({
    aliases: ["tracking-uri"],
    default: ".",
    helpValue: "URI",
    description: "the store: a folder with mlflow.db and mlartifacts, or sqlite:///FILE; created if it does not exist",
  }),
  "artifacts-destination": Flags.string({
    helpValue: "FOLDER",
    description: "artifact folder [default: mlartifacts next to the database]",
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
    artifacts: flags["artifacts-destination"],
    host: flags.host,
    port: flags.port,
    allowedHosts: toList(flags["allowed-hosts"]),
    allowedOrigins: toList(flags["cors-allowed-origins"]),
  };
}

function toList(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
