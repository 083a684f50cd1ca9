import { Args, Flags } from "@oclif/core";
import type { ServerChoice } from "../../app/serving/server-client.js";

/** The flags that say which running server is meant. */
export const serverFlags = {
  url: Flags.string({ default: "http://127.0.0.1:8080", env: "LLMOPS_URL", helpValue: "URL", description: "the running server" }),
  "api-key-env": Flags.string({
    default: "LLMOPS_API_KEY",
    helpValue: "VAR",
    description: "environment variable with its API key, if it needs one",
  }),
};

/** The same server as an argument. */
export const serverArgs = { url: Args.string({ description: "the running server, as --url" }) };

/** The server an argument or --url names. */
export function serverOf<F extends ServerChoice>({ url }: { url?: string | undefined }, flags: F): F {
  return url === undefined ? flags : { ...flags, url };
}
