import fc from "fast-check";
import { expect, it } from "vitest";
import { runIdsFilter } from "../compare/run-ids.js";
import { modelPath, newestVersion, readRequirements, versionBefore } from "./versions.js";

const versions = (...numbers: number[]) => numbers.map((number) => ({ name: "m", version: String(number) }));

it("an alias goes back to the highest version below the one it names, also over gaps", () => {
  expect(versionBefore(versions(12, 9, 2, 1), "12")).toBe("9");
  expect(versionBefore(versions(12, 9, 2, 1), "9")).toBe("2");
  expect(versionBefore(versions(3), "3")).toBeUndefined();
});

it("versions are ordered as numbers, not as texts", () => {
  expect(newestVersion({ name: "m", latest_versions: versions(9, 10, 2) })).toBe("10");
  expect(newestVersion({ name: "m" })).toBeUndefined();
});

it("any name of a model is one part of a path", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const [, models, part, ...more] = modelPath(name).split("/");
      expect([models, decodeURIComponent(part ?? ""), more]).toEqual(["models", name, []]);
    }),
    { endOnFailure: true },
  );
});

it("conditions are lines; empty ones are none", () => {
  expect(readRequirements(" accuracy>=champion \n\n  latency<2\n")).toEqual(["accuracy>=champion", "latency<2"]);
  expect(readRequirements(" \n ")).toEqual([]);
});

it("ids that would break out of the filter are not in it", () => {
  expect(runIdsFilter(["a1", "a1", "x' OR 1"])).toBe("attributes.run_id IN ('a1')");
  expect(runIdsFilter(["'"])).toBe("");
});
