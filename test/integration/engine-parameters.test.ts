import { describe, expect, it } from "vitest";
import { errorOf } from "../helpers/error-of.js";
import { ENGINE_KEYS, ENGINE_PARAMETERS, type EngineParameter } from "../../src/lib/base/config/engine-parameters.js";
import { loadSettings } from "../../src/lib/base/config/load-settings.js";
import { parseFixed } from "../../src/lib/experiments/study/search-space.js";
import { engineFlags, engineChoiceOf } from "../../src/cli/flags/engine-flags.js";
import { engineOptionsOf } from "../../src/app/serving/serving-model.js";
import { withParams } from "../../src/app/studies/study-target.js";
import { toEngineOptions } from "../../src/app/targets/engine-choice.js";

const SLOTS = 3;

/** What reaches the engine of a value that is JSON text. */
function meant(parameter: EngineParameter, value: string | number | boolean): unknown {
  return parameter.kind === "members" ? (JSON.parse(String(value)) as unknown) : value;
}

/** A value that is not the default. */
function otherValue(parameter: EngineParameter): string | number | boolean {
  if (parameter.kind === "switch") return parameter.default !== true;
  if (parameter.kind === "text") return "chatml";
  if (parameter.kind === "members") return '{"enable_thinking":false}';
  if (parameter.kind === "name") return parameter.names.find((name) => name !== parameter.default) ?? "";
  return parameter.min + 1;
}

const parameters: { key: string; parameter: EngineParameter }[] = ENGINE_KEYS.map((key) => ({ key, parameter: ENGINE_PARAMETERS[key] }));
const sizing = parameters.filter(({ parameter }) => parameter.of === "engine");

describe("a parameter of the engine", () => {
  it.each(sizing.filter(({ parameter }) => parameter.swept))("$key that a study varies reaches the engine", ({ key, parameter }) => {
    const value = otherValue(parameter);
    const { slots = SLOTS, ...options } = withParams({}, parseFixed([`${parameter.name}=${value}`]));
    expect(toEngineOptions(options, slots)).toMatchObject({ [key]: meant(parameter, value) });
  });

  it.each(sizing)("$key that the project's file sets reaches the engine of serve", ({ key, parameter }) => {
    const value = meant(parameter, otherValue(parameter));
    const given = new Map([[`models.${parameter.name}`, { value, place: "the test" }]]) as never;
    const { settings } = loadSettings({ given, environment: {}, folder: "/" });
    expect(engineOptionsOf(settings)).toMatchObject({ [key]: value });
  });

  it.each(sizing.filter(({ parameter }) => !parameter.onlyServe))("$key that a flag sets reaches the engine", ({ key, parameter }) => {
    const value = meant(parameter, otherValue(parameter));
    expect(engineFlags).toHaveProperty([parameter.flag]);
    expect(toEngineOptions(engineChoiceOf({ [parameter.flag]: value }), SLOTS)).toMatchObject({ [key]: value });
  });
});

it("leaves the threads to the engine where they are auto", () => {
  expect(toEngineOptions({ threads: "auto" }, SLOTS)).not.toHaveProperty("threads");
});

it("refuses 8-bit keys and values without flash attention", async () => {
  const error = await errorOf(() => toEngineOptions({ cacheType: "q8_0", flashAttention: false }, SLOTS));
  expect(error.code).toBe("INVALID_ARGUMENT");
});
