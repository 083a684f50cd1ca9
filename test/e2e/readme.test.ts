import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/lib/base/errors/codes.js";
import { EXIT, EXIT_MEANINGS } from "../../src/lib/base/errors/exit-codes.js";
import { allCommands } from "../helpers/all-commands.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const README = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
const EXAMPLES = fileURLToPath(new URL("../../examples/qa.jsonl", import.meta.url));

type Value = null | string | number | boolean | Value[] | { [name: string]: Value };

/** The sample document of a schema, with what the README leaves out left out. */
function sampleOf(schema: string): Value {
  const lines = README.split("\n");
  const first = lines.findIndex((line) => line.startsWith(`    {"schema": "${schema}"`));
  const length = lines.slice(first).findIndex((line) => !line.startsWith("    "));
  const text = lines.slice(first, first + length).join("\n");
  return JSON.parse(text.replace(/,?\s*\.\.\.(?=\s*[}\]])/g, "")) as Value;
}

/** The paths of a sample that a document lacks; of lists any item will do, of values only that they are of the same kind. */
function missingIn(sample: Value, documents: readonly unknown[], path = ""): string[] {
  const found = documents.filter((one) => one !== undefined);
  if (found.length === 0) return [`${path} is not there`];
  if (sample === null) return [];
  if (Array.isArray(sample)) {
    const items = found.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : []));
    return sample.length === 0 || items.length === 0 ? [] : sample.flatMap((item) => missingIn(item, items, `${path}[]`));
  }
  if (typeof sample !== "object") {
    const kinds = new Set(found.map((one) => typeof one));
    return kinds.has(typeof sample) || found.every((one) => one === null) ? [] : [`${path} is no ${typeof sample}`];
  }
  const objects = found.filter((one) => typeof one === "object" && one !== null) as Record<string, unknown>[];
  if (objects.length === 0) return [];
  const isByName = /\.(metrics|distribution|params)$/.test(path); // keys are data there
  return Object.entries(sample).flatMap(([name, value]) =>
    missingIn(value, isByName ? objects.flatMap((one) => Object.values(one)) : objects.map((one) => one[name]), `${path}.${name}`),
  );
}

describe("the README", () => {
  it.each([
    ["llmops.sweep/3", ["sweep", "temperature", "0,1.5", "--limit", "20", "--require", "accuracy>=0.1"]],
    ["llmops.judge/2", ["judge", "--dataset", EXAMPLES, "--limit", "3", "--rubric", "accuracy", "--min-score", "1"]],
    ["llmops.optimize/1", ["optimize", "temperature=0..1", "top_p=0.5..1", "--trials", "3", "--limit", "6", "--proof", "6"]],
  ])("shows %s as it is printed", { timeout: 300_000 }, async (schema, args) => {
    const { stdout } = await runCli([...args, "--json"], temporaryFolder());
    expect(missingIn(sampleOf(schema), [JSON.parse(stdout)], schema)).toEqual([]);
  });

  it("names every command, exit code and error code", async () => {
    const rows = README.split("\n").filter((line) => line.startsWith("|"));
    const exits = rows.flatMap((row) => /^\| (\d+) +\| (.*?) +\|$/.exec(row) ?? []).filter((_, i) => i % 3 !== 0);
    expect(exits).toEqual((Object.keys(EXIT) as (keyof typeof EXIT)[]).flatMap((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]));
    const codes = Object.keys(ERROR_CODES).filter((code) => !README.includes(`\`${code}\``));
    expect(codes).toEqual([]);
    const table = rows.filter((row) => row.includes("`llmops ")).join("\n");
    const unnamed = (await allCommands()).filter(({ name }) => {
      const [last = ""] = name.split(" ").slice(-1);
      return !new RegExp(`\`(?:llmops )?(?:${name}|${last})[\` ]`).test(table);
    });
    expect(unnamed.map(({ name }) => name)).toEqual([]);
  });

  it("names output flags with the commands that have them", async () => {
    const commands = await allCommands();
    const having = (flag: string) => commands.filter(({ flags }) => flag in flags).map(({ name }) => name);
    const [, all = "", uncharted = "", unchecked = ""] =
      /a row a setting\.(.*)have all five;(.*)have no charts, and(.*)which cannot/.exec(README.replace(/\s+/g, " ")) ?? [];
    const named = (text: string) =>
      Array.from(text.matchAll(/`([a-z -]+)`/g), ([, name = ""]) => name).filter((name) => !name.includes("--"));
    expect([...named(all), "sweep"].sort()).toEqual(having("charts"));
    expect(having("html").filter((name) => !having("charts").includes(name))).toEqual([...named(uncharted), ...named(unchecked)].sort());
    expect(having("html").filter((name) => !having("junit").includes(name))).toEqual(named(unchecked));
  });
});
