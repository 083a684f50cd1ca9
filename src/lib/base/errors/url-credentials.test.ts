import { describe, expect, it } from "vitest";
import { LlmopsError } from "./llmops-error.js";
import { splitCredentials, withoutUrlCredentials } from "./url-credentials.js";

describe("user and password of a URL", () => {
  it.each([
    ["http://anna:secret@host:80/v1 cannot be reached", "http://host:80/v1 cannot be reached"],
    ["redis://:secret@host and https://token@host", "redis://host and https://host"],
    ["http://anna:p@ss@host/a@b", "http://host/a@b"],
    ["mail anna@example.com, http://host/a@b?c=d@e", "mail anna@example.com, http://host/a@b?c=d@e"],
  ])("are not shown: %s", (text, shown) => expect(withoutUrlCredentials(text)).toBe(shown));

  it("never stand in an error, nor in its hint", () => {
    const error = new LlmopsError("ENDPOINT_UNREACHABLE", "http://a:s@h is away", { hint: "curl http://a:s@h" });
    expect([error.message, error.hint]).toEqual(["http://h is away", "curl http://h"]);
  });

  it("become the header they mean", () => {
    const { url, authorization } = splitCredentials("http://an%20na:p%40ss@host/v1");
    expect(url).toBe("http://host/v1");
    expect(Buffer.from(authorization?.replace("Basic ", "") ?? "", "base64").toString()).toBe("an na:p@ss");
    expect(splitCredentials("http://host/v1")).toEqual({ url: "http://host/v1", authorization: undefined });
  });
});
