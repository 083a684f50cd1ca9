import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configSchema } from "./config-schema.js";
import { configTemplate } from "./config-template.js";
import { SETTINGS } from "./settings.js";
import type { ConfigSetting } from "./setting.js";

const validate = new Ajv2020({ allowUnionTypes: true }).compile(configSchema());
const text = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

/** What a text shows of llmops.yaml, indented. */
function shown(path: string, indent: number, after: string): string {
  const all = text(path);
  const lines = all.slice(all.indexOf(after)).split("\n");
  const from = lines.findIndex((line) => line.startsWith(`${" ".repeat(indent)}tracking: {`));
  const length = lines.slice(from).findIndex((line) => line === "```" || !line.startsWith(" ".repeat(indent)));
  return lines
    .slice(from, from + length)
    .map((line) => line.slice(indent))
    .join("\n");
}

describe("the schema of llmops.yaml", () => {
  it.each([
    ["the guide", shown("docs/guides/project-file.md", 0, "")],
    ["help project", shown("templates/help/project.txt", 2, "")],
    [
      "what init writes, every default uncommented",
      configTemplate()
        .replace(/^( *)# (\w+: .*)$/gm, "$1$2")
        .replace(/^ *# .*$/gm, ""),
    ],
    ["an empty file", ""],
    ["a section without keys", "server:\nmodels:\n"],
    ["further names of settings", "llm: {timeout_seconds: 30, load_in_8bit: yes}\n"],
  ])("accepts %s", (_, yaml) => {
    const value: unknown = parse(yaml);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    for (const [name, setting] of Object.entries(SETTINGS) as [string, ConfigSetting<unknown>][]) {
      const own = name.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
      if (own !== undefined && own !== null) expect(() => setting.read(own), name).not.toThrow();
    }
  });

  it.each([
    "sever: {port: 1}",
    "server: {prt: 1}",
    "server: {port: 70000}",
    "server: {log_level: loud}",
    "endpoints: {a: {uri: x}}",
    "providers: {define: [{name: x}]}",
    "serving: {models: {m: {topp: 1}}}",
    "serving: {temperature: 3}",
    "scorers: {a: 1, b: [2]}",
    "models: 3",
    "limits: {rows: -1}",
  ])("refuses %s", (yaml) => {
    expect(validate(parse(yaml))).toBe(false);
  });

  it("says of every setting what it is for", () => {
    const { properties } = configSchema() as {
      properties: Record<string, { description?: string; properties?: Record<string, { description: string }> }>;
    };
    expect(properties["server"]?.properties?.["port"]?.description).toMatch(/port to listen on.*environment: PORT; default: 8080/);
    expect(properties["map"]?.description).toContain("meaning of the dataset");
  });
});
