import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { LlmopsError } from "../errors/llmops-error.js";

type Subnet = readonly [address: string, prefix: number];

const LOOPBACK = blockList(["127.0.0.0", 8], ["::1", 128]);
/** Loopback, private networks, the shared space of carriers and overlay networks, link-local (also where clouds keep machine metadata). */
const LOCAL = blockList(
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
);
/** The special-purpose addresses of IANA's registry that are not global, LOCAL aside. */
const RESERVED_IPV4 = blockList(
  ["0.0.0.0", 8],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
);
/** All that is global of IPv6, but for what is reserved in it or leads to an IPv4 address (Teredo, 6to4). */
const GLOBAL_IPV6 = blockList(["2000::", 3]);
const RESERVED_IPV6 = blockList(["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20]);

/** True for names and addresses that only this machine reaches. IPv6 with or without brackets. */
export function isLoopbackHost(host: string): boolean {
  const name = bare(host);
  return /^localhost\.?$/i.test(name) || isIn(LOOPBACK, name);
}

/** True for the addresses that stand for every address of a machine: 0.0.0.0 and ::, with or without brackets. */
export function isUnspecifiedAddress(host: string): boolean {
  return ["0.0.0.0", "::"].includes(bare(host));
}

/** True for an address of this machine or of a private network: one no public name leads to by its owner's right. */
export function isLocalAddress(host: string): boolean {
  return isIn(LOCAL, bare(host));
}

/** True for an address anyone on the internet may have: not private, link-local, loopback, reserved, multicast, or IPv4 within IPv6. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !isIn(LOCAL, address) && !isIn(RESERVED_IPV4, address);
  return isIn(GLOBAL_IPV6, address) && !isIn(RESERVED_IPV6, address);
}

/**
 * Refuses a URL that a request names and that leads to this machine or into a private network. Decimal, octal and hexadecimal
 * addresses are read as clients read them. For names, `publicLookup` refuses when they are looked up. Throws FORBIDDEN.
 */
export function refuseLocalTarget(url: URL): void {
  const name = bare(url.hostname);
  const isLocal = isIP(name) === 0 ? /(^|\.)localhost\.?$/i.test(name) : !isPublicAddress(name);
  if (isLocal) throw localTarget(url.hostname);
}

/** Looks a name up for a connection and refuses it where any of its addresses is not public: what was checked is what is connected to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => !isPublicAddress(address))) return callback(localTarget(hostname), "");
    // asked for all, callers want the list
    if (options.all === true) (callback as unknown as (error: null, all: LookupAddress[]) => void)(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function localTarget(host: string): LlmopsError {
  return new LlmopsError("FORBIDDEN", `${host} is this machine or in a private network: a request may not name it.`, {
    hint: "Whoever runs the server can allow this very URI in its configuration.",
  });
}

function blockList(...subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, address.includes(":") ? "ipv6" : "ipv4");
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Without brackets and zone. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
}
