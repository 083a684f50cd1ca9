import { LlmopsError } from "../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../base/errors/text-ends.js";
import type { StoreToOpen } from "./open-store.js";
import { shownStoreUri } from "./open-backend.js";

/** The stores a request may name: the configured one, and those of a list, in which * stands for part of a host's name. */
export class AllowedStores {
  private readonly configured: string;
  private readonly listed: readonly string[];

  /** Throws CONFIG_INVALID for a * outside of a host's name. */
  constructor({ configured, listed }: { configured: string; listed: readonly string[] }) {
    for (const uri of listed) {
      if (!uri.includes("*") || /^https?:\/\/[^/@]*\*[^/@]*(\/[^*]*)?$/i.test(uri)) continue;
      throw new LlmopsError("CONFIG_INVALID", `tracking.allowed_uris has "${uri}": * stands only for part of a server's name.`, {
        hint: "Write http(s)://*.example.com, or the whole URI of a store.",
      });
    }
    this.configured = configured;
    this.listed = listed;
  }

  /**
   * The store of the list that a URI of a request is; opened is what the list says, not what the request says. Nothing is looked up,
   * connected to or created here. Throws FORBIDDEN, in the same words for all that is not allowed.
   */
  find(asked: string): StoreToOpen {
    const identity = identityOf(asked);
    const exact = [this.configured, ...this.listed].find((uri) => !uri.includes("*") && identityOf(uri) === identity);
    if (exact !== undefined) return { uri: exact, trusted: this.hasCredentials(exact) };
    const isCovered = this.listed.some((uri) => uri.includes("*") && toPattern(uri).test(identity ?? ""));
    if (identity !== undefined && isCovered) return { uri: identity, trusted: this.hasCredentials(identity), publicOnly: true };
    throw new LlmopsError("FORBIDDEN", "This server may not record in that store.", {
      hint: "Whoever runs it can allow the URI in tracking.allowed_uris.",
      param: "tracking_uri",
    });
  }

  /** The credentials of the environment are for the host of the configured store. */
  private hasCredentials(uri: string): boolean {
    return isSameServer(uri, this.configured);
  }
}

/** True for URIs of servers with the same scheme, host and port. */
export function isSameServer(uri: string, other: string): boolean {
  return [uri, other].every((one) => isServer(one) && URL.canParse(one)) && new URL(uri).origin === new URL(other).origin;
}

/** What makes two URIs the same store: the server's address without user and password, or the database's path; undefined for neither. */
function identityOf(uri: string): string | undefined {
  try {
    if (!isServer(uri)) return shownStoreUri(uri);
    const { origin, pathname } = new URL(uri);
    return origin + withoutTrailingSlashes(pathname);
  } catch {
    return undefined;
  }
}

function isServer(uri: string): boolean {
  return /^https?:\/\//i.test(uri);
}

function toPattern(uri: string): RegExp {
  const escaped = withoutTrailingSlashes(uri)
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/:@]+");
  return new RegExp(`^${escaped}$`, "i");
}
