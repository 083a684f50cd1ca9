import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { currentUser, isDebug, readSecret, refusesColors } from "./environment.js";

describe("the environment", () => {
  it("gives secrets by name and says which one is missing", async () => {
    expect(readSecret("KEY", { KEY: "s3cret" })).toBe("s3cret");
    for (const environment of [{}, { KEY: "" }]) {
      const error = await errorOf(() => readSecret("KEY", environment));
      expect(error.message).toContain("KEY is not set");
    }
  });

  it("knows who asks for debugging", () => {
    expect([isDebug({}), isDebug({ DEBUG: "other" }), isDebug({ DEBUG: "a,llmops" }), isDebug({ DEBUG: "*" })]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it("has a name for the user", () => {
    expect(currentUser()).not.toBe("");
  });
});

it("has no colors where NO_COLOR says so, unless FORCE_COLOR asks for them", () => {
  const refused = [{}, { NO_COLOR: "" }, { NO_COLOR: "1" }, { NO_COLOR: "1", FORCE_COLOR: "1" }].map((one) => refusesColors(one));
  expect(refused).toEqual([false, false, true, false]);
});
