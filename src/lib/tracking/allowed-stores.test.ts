import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { AllowedStores } from "./allowed-stores.js";

describe("the stores a request may name", () => {
  const stores = new AllowedStores({
    configured: "https://user:secret@mlflow.example.com/base/",
    listed: ["http://10.0.0.5:5000", "https://*.lab.example.com", "/srv/runs", "sqlite:////srv/other/runs.db"],
  });

  it.each([
    ["https://mlflow.example.com/base", { uri: "https://user:secret@mlflow.example.com/base/", trusted: true }],
    ["HTTPS://MLFLOW.example.com:443/base/", { uri: "https://user:secret@mlflow.example.com/base/", trusted: true }],
    ["http://10.0.0.5:5000/", { uri: "http://10.0.0.5:5000", trusted: false }],
    ["http://me:pw@167772165:5000", { uri: "http://10.0.0.5:5000", trusted: false }],
    ["https://me:pw@a.lab.example.com/?x#y", { uri: "https://a.lab.example.com", trusted: false, publicOnly: true }],
    ["/srv/../srv/runs/", { uri: "/srv/runs", trusted: false }],
    ["sqlite:////srv/runs/mlflow.db", { uri: "/srv/runs", trusted: false }],
  ])("%s is one of them", (asked, expected) => expect(stores.find(asked)).toEqual(expected));

  it.each([
    ["http://mlflow.example.com/base"],
    ["https://mlflow.example.com/"],
    ["https://mlflow.example.com:8443/base"],
    ["https://mlflow.example.com.evil.example/base"],
    ["https://evil.example/a.lab.example.com"],
    ["https://evil.example#.lab.example.com"],
    ["https://evil.example?.lab.example.com"],
    ["https://evil.example\\.lab.example.com"],
    ["https://a@evil.example:443\\@b.lab.example.com"],
    ["https://a.lab.example.com:8443"],
    ["https://a.lab.example.com/path"],
    ["/srv/runs/../secret"],
    ["file:///etc"],
    ["ftp://mlflow.example.com/base"],
    ["*"],
    [""],
  ])("%j is not, in the same words", async (asked) => {
    const error = await errorOf(() => stores.find(asked));
    expect(error).toMatchObject({ code: "FORBIDDEN", message: "This server may not record in that store." });
  });

  it("whatever is asked, only a configured store is opened, and the credentials are for its host alone", () => {
    const asked = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string(),
      fc.webAuthority().map((host) => `https://${host}.lab.example.com`),
    );
    fc.assert(
      fc.property(asked, (uri) => {
        let found;
        try {
          found = stores.find(uri);
        } catch {
          return;
        }
        const isListed = ["https://user:secret@mlflow.example.com/base/", "http://10.0.0.5:5000", "/srv/runs"].includes(found.uri);
        expect(isListed || new URL(found.uri).hostname.endsWith(".lab.example.com")).toBe(true);
        expect(found.trusted).toBe(found.uri.includes("mlflow.example.com"));
        expect(found.publicOnly ?? false).toBe(!isListed);
      }),
    );
  });

  it.each(["*", "/srv/*", "ftp://*", "http://a/*", "https://*@evil.example"])("a list with %j is refused at start", async (uri) => {
    expect((await errorOf(() => new AllowedStores({ configured: ".", listed: [uri] }))).code).toBe("CONFIG_INVALID");
  });
});
