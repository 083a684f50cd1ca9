import { hostname } from "node:os";
import type { FastifyRequest } from "fastify";
import { isLocalAddress, isLoopbackHost } from "./addresses.js";

export interface GuardOptions {
  /** The address that is listened on. */
  boundTo?: string | undefined;
  /** Names in the Host header that are answered besides this machine's own and private addresses; "*" answers all. */
  allowedHosts: readonly string[];
  /** Origins whose pages may change something besides those of this machine; "*" allows all. */
  allowedOrigins: readonly string[];
  /** False where pages that other programs of this machine give out are strangers too. */
  trustsThisMachine?: boolean;
}

/** What is wrong with a request: the name it was sent to, or the page that sends it. */
export type Intrusion = "host" | "origin";

const MOST_FOUND = 64;
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
/** Where a server listens on all addresses, and pages that were opened by that. */
const ANY_ADDRESS = ["0.0.0.0", "[::]"];

/**
 * Tells requests that a web page makes of a visitor's browser: under a name that its owner has lead to this machine (DNS rebinding), or
 * across origins. Neither a key nor a cookie is needed for them, so this is checked before anything else, on every route.
 */
export class OriginGuard {
  private readonly isNamed: (host: string) => boolean;
  private readonly isListed: (origin: string) => boolean;
  private readonly trustsThisMachine: boolean;
  /** Values of Host that were found to be this server's: nearly all requests bring one of few. */
  private readonly found = new Set<string>();

  constructor({ boundTo, allowedHosts, allowedOrigins, trustsThisMachine = true }: GuardOptions) {
    this.trustsThisMachine = trustsThisMachine;
    const own = boundTo === undefined || boundTo.includes(":") ? [] : [boundTo];
    this.isNamed = matcher([...allowedHosts, ...own, hostname()]);
    this.isListed = matcher(allowedOrigins);
  }

  /** What a request is to be refused for, if anything. `acts` where it does more than read, which its method may not say. */
  check({ headers, method }: Pick<FastifyRequest, "headers" | "method">, { acts = false } = {}): Intrusion | undefined {
    const { host = "", origin, "sec-fetch-site": site } = headers;
    if (!this.isAllowedHost(host)) return "host";
    if (SAFE_METHODS.includes(method) && !acts) return undefined;
    // pictures, scripts and the like are asked for without an Origin, but browsers say that the page is of another site
    const isOtherSite = site === "cross-site" || (site === "same-site" && !this.trustsThisMachine);
    const isForeign = origin === undefined ? isOtherSite : !this.isAllowedOrigin(origin, host);
    return isForeign ? "origin" : undefined;
  }

  /** A name, perhaps with a port; entries with a port want that port, "*.name" any name below. */
  private isAllowedHost(host: string): boolean {
    if (this.found.has(host)) return true;
    const name = withoutPort(host);
    const isOwn = isLoopbackHost(name) || ANY_ADDRESS.includes(name) || isLocalAddress(name) || this.isNamed(host) || this.isNamed(name);
    if (isOwn && this.found.size < MOST_FOUND) this.found.add(host);
    return isOwn;
  }

  private isAllowedOrigin(origin: string, host: string): boolean {
    // a page this server itself gave out, under a name that was found to be its own
    return (
      (this.trustsThisMachine && isLocalOrigin(origin)) || hostOf(origin)?.toLowerCase() === host.toLowerCase() || this.isListed(origin)
    );
  }
}

/** True for the origin of a page that this machine itself gave out. */
export function isLocalOrigin(origin: string): boolean {
  const host = hostOf(origin);
  if (host === undefined) return false;
  const name = withoutPort(host);
  return isLoopbackHost(name) || ANY_ADDRESS.includes(name);
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/(.+)$/i.exec(origin)?.[1];
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function matcher(allowed: readonly string[]): (text: string) => boolean {
  const patterns = allowed.map(toPattern);
  return (text) => patterns.some((pattern) => pattern.test(text));
}

function toPattern(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i");
}
