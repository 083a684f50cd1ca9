import { BlockList, isIP } from "node:net";
import { LlmopsError } from "../errors/llmops-error.js";

/** Tells whether an address is of a list: single ones, and networks as 10.0.0.0/8. Throws INVALID_ARGUMENT for what is neither. */
export function addressList(items: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const item of items) add(list, item);
  return (address = "") => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, ""); // IPv4 on a socket that takes both
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
  };
}

function add(list: BlockList, item: string): void {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
  const family = isIP(address);
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  if (family !== 0 && bits <= (family === 4 ? 32 : 128)) return list.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
  throw new LlmopsError("INVALID_ARGUMENT", `"${item}" is not an address.`, {
    hint: "Write 127.0.0.1, ::1, or a network such as 10.0.0.0/8.",
  });
}
