import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { isLocalAddress, isLoopbackHost, isPublicAddress, publicLookup, refuseLocalTarget } from "./addresses.js";

describe("addresses", () => {
  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"])("%s is public", (address) => {
    expect([isPublicAddress(address), isLocalAddress(address)]).toEqual([true, false]);
  });

  it.each([
    "127.0.0.1",
    "127.9.9.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fd12::1",
    "[fd12::1]",
  ])("%s is of this machine or a private network", (address) =>
    expect([isPublicAddress(address), isLocalAddress(address)]).toEqual([false, true]),
  );

  it.each([
    "0.0.0.0",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "ff02::1",
    "name",
  ])("%s is not public", (address) => expect(isPublicAddress(address)).toBe(false));

  it("what is IPv4 within IPv6 is never public, and no address is public and local", () => {
    const v4 = fc.ipV4();
    fc.assert(
      fc.property(v4, (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(v4, fc.ipV6()), (address) => {
        expect(isPublicAddress(address) && isLocalAddress(address)).toBe(false);
      }),
    );
  });

  it.each(["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "::1", "[::1]"])("%s reaches this machine alone", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each(["localhost.evil.example", "0.0.0.0", "127.0.0.1.evil.example", "", "10.0.0.1"])("%j does not", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

describe("a target that a request names", () => {
  it.each([
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "127.1",
    "0",
    "[::1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "169.254.169.254",
    "0xa9fea9fe",
    "localhost",
    "x.localhost",
    "[fe80::1]",
  ])("is refused as %s", async (host) =>
    expect((await errorOf(() => refuseLocalTarget(new URL(`http://${host}:5000/`)))).code).toBe("FORBIDDEN"),
  );

  it.each(["8.8.8.8", "mlflow.example.com", "[2606:4700:4700::1111]"])("may be %s", (host) => {
    expect(() => refuseLocalTarget(new URL(`http://${host}/`))).not.toThrow();
  });

  it("is refused by what its name leads to, where it is connected to", async () => {
    const look = (all: boolean) =>
      new Promise((resolve, reject) => publicLookup("localhost", { all }, (error, address) => (error ? reject(error) : resolve(address))));
    expect((await errorOf(() => look(true))).code).toBe("FORBIDDEN");
    expect((await errorOf(() => look(false))).code).toBe("FORBIDDEN");
  });
});
