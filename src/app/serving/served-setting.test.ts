import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { servingDefaults, SERVING_NAMES } from "../../lib/base/config/serving.js";
import { SETTINGS } from "../../lib/base/config/settings.js";
import { readSetting, type ConfigSetting } from "../../lib/base/config/setting.js";
import { PARAMETERS } from "../../lib/experiments/study/parameters.js";
import { servedSetting } from "./served-setting.js";

describe("a setting that was found", () => {
  it("is served as it was written, the later --set before the earlier, and both before the file", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "best.yaml"), "# llmops optimize\ntemperature: 0.3\nmax_tokens: 32\nsystem: Be brief, please.\nslots: 2\n");
    writeFileSync(join(folder, "llmops.yaml"), "serving:\n  temperature: 1\n  stop: END\n  models: {tiny: {temperature: 0}}\n");
    const { given } = servedSetting([`@${join(folder, "best.yaml")}`, "max_tokens=16"]);
    const { settings, origins } = loadSettings({ given, folder, environment: {} });
    expect(servingDefaults(settings)).toEqual({ temperature: 0.3, max_tokens: 16, stop: ["END"], system: "Be brief, please." });
    expect(settings["models.slots"]).toBe(2);
    expect(settings["serving.models"]).toEqual({ tiny: { temperature: 0 } });
    expect(origins["serving.max_tokens"]).toBe("--set max_tokens=16");
    expect(origins["serving.stop"]).toBe(`${join(folder, "llmops.yaml")}:3`);
  });

  it("with a model and an endpoint is an upstream", () => {
    const names = (words: string[]) => [...servedSetting(words).given.keys()];
    expect(names(["model=big", "endpoint=http://127.0.0.1:9"])).toEqual(["providers.upstream_model", "providers.upstream"]);
    expect(names(["model=a.gguf"])).toEqual(["models.default_model"]);
  });

  it("with a template for rows is served without it, and it is said what is taken and left out", async () => {
    const best = join(temporaryFolder(), "best.yaml");
    const read = (yaml: string) => {
      writeFileSync(best, yaml);
      const { given, leftOut } = servedSetting([`@${best}`]);
      return { names: [...given.keys()], said: leftOut.join(" ") };
    };
    expect(read("temperature: 0.3\nprompt: 'Q: {{question}}'\nsystem: Be brief.\n")).toEqual({
      names: ["serving.temperature", "serving.system"],
      said: expect.stringMatching(/^Warning: .*served is temperature, system; left out is prompt \("Q: \{\{question\}\}"\)/) as string,
    });
    expect(read("system: 'You know {{topic}}.'\n")).toEqual({
      names: [],
      said: expect.stringMatching(/served is nothing; left out is system/) as string,
    });
    expect(read("temperature: 0\nprompt: '{{question}}'\n").said).toMatch(/the question alone, which is what clients send\.$/);
    expect(read("temperature: 0\n").said).toBe("");
    expect(await errorOf(() => servedSetting(["system=You know {{topic}}."]))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("that serve cannot keep is refused, never dropped", async () => {
    const template = await errorOf(() => servedSetting(["prompt=Q: {{question}}"]));
    expect([template.code, template.message]).toEqual(["INVALID_ARGUMENT", expect.stringContaining("prompt")]);
    expect((await errorOf(() => servedSetting(["temprature=1"]))).code).toBe("UNKNOWN_PARAMETER");
    const word = await errorOf(() => servedSetting(["temperature=hot"]));
    expect([word.message, word.hint]).toEqual(['"hot" is not a number.', "Write one value, as in temperature=0.7."]);
    const range = await errorOf(() => servedSetting(["temperature=0..1"]));
    expect([range.message, range.hint]).toEqual([
      "The parameter temperature has 5 values, where one is expected.",
      "serve gives requests one value of it: --set NAME=VALUE.",
    ]);
    const folder = temporaryFolder();
    writeFileSync(join(folder, "llmops.yaml"), "serving:\n  models: {tiny: {temprature: 0}}\n");
    const error = await errorOf(() => loadSettings({ folder, environment: {} }));
    expect([error.code, error.message]).toEqual(["CONFIG_INVALID", expect.stringMatching(/llmops\.yaml:2.*did you mean temperature/s)]);
  });
});

it("serve and studies have the same parameters with the same ranges", () => {
  const sampling = Object.entries(PARAMETERS)
    .flatMap(([name, spec]) => (spec.kind === "sampling" ? [{ name, ...spec }] : []))
    .filter(
      // another name of max_tokens, as which it is served
      ({ name }) => name !== "max_completion_tokens",
    );
  expect([...servedSetting(["max_completion_tokens=9"]).given.keys()]).toEqual(["serving.max_tokens"]);
  expect(sampling.map(({ name }) => name).filter((name) => !SERVING_NAMES.includes(name))).toEqual([]);
  for (const { name, min, max, integer } of sampling) {
    const setting = (SETTINGS as unknown as Record<string, ConfigSetting<unknown>>)[`serving.${name}`] as ConfigSetting<unknown>;
    for (const value of [min, max]) expect(readSetting(setting, value, "here"), name).toBe(value);
    for (const value of [min - 1e-9, max * 1.01, ...(integer ? [min + 0.5] : [])]) {
      expect(() => readSetting(setting, value, "here"), `${name} ${value}`).toThrow();
    }
  }
});
