import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Flags, Parser } from "@oclif/core";
import { beforeAll, describe, expect, it } from "vitest";
import { normalizeArgv } from "../../src/cli/command/normalize-argv.js";
import { allCommands, type KnownCommand } from "../helpers/all-commands.js";
import { commandLines, deadLinks, documentation, ROOT, scriptsOf, type DocumentationPage } from "../helpers/documentation.js";
import { commandIn } from "../helpers/named-in-text.js";

let pages: DocumentationPage[] = [];
let commands = new Map<string, KnownCommand>();

beforeAll(async () => {
  pages = await documentation();
  commands = new Map((await allCommands()).map((command) => [command.name, command]));
  const ui = commands.get("ui");
  if (ui) commands.set("mlflow ui", ui);
});

/** What is wrong with a command line; undefined where its command takes it. */
async function mistakeIn(words: readonly string[]): Promise<string | undefined> {
  const name = commandIn(words.join(" "), new Set(commands.keys()));
  const command = name === undefined ? undefined : commands.get(name);
  if (name === undefined || !command) return words.length === 0 || words[0] === "--version" ? undefined : "there is no such command";
  const { Command, flags } = command;
  const argv = normalizeArgv(words.slice(name.split(" ").length), flags);
  if (argv.includes("--help")) return undefined;
  try {
    const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
    await Parser.parse(argv.slice(0, end), {
      flags: { ...Command.flags, ...(Command.enableJsonFlag && { json: Flags.boolean() }) },
      baseFlags: Command.baseFlags,
      args: end < argv.length ? {} : Command.args,
      strict: Command.strict,
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("the documentation", () => {
  it("is generated from the code as it is: npm run docs:generate", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["scripts/docs/generate.mjs", "--check"], { cwd: ROOT, encoding: "utf8" });
    expect(stdout + stderr).toBe("");
  });

  it("has no dead links", async () => {
    expect(await deadLinks()).toEqual([]);
  });

  it("names packages in the versions that are installed", () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string }>;
    };
    const named = pages.flatMap(({ text }) => [...text.matchAll(/(?<=[ `])(@[\w-]+\/[\w-]+)@(\d+\.\d+\.\d+)/g)]);
    expect(named.length).toBeGreaterThan(2);
    for (const [, name = "", version] of named) expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
  });

  it("has only command lines that their commands take", async () => {
    const mistakes: string[] = [];
    let count = 0;
    for (const page of pages) {
      for (const words of scriptsOf(page).flatMap(commandLines)) {
        const mistake = await mistakeIn(words);
        count++;
        if (mistake !== undefined) mistakes.push(`${page.path}: llmops ${words.join(" ")}: ${mistake}`);
      }
    }
    expect(mistakes).toEqual([]);
    expect(count).toBeGreaterThan(200);
  });

  it("does not take a command line for right that is not", async () => {
    expect(await mistakeIn(["sweep", "temperature", "0,1", "--limits", "3"])).toContain("--limits");
    expect(await mistakeIn(["sweeep"])).toBe("there is no such command");
    expect(await mistakeIn(["baseline", "bless"])).toContain("name");
    expect(commandLines("# llmops a\nA=1 npx llmops sweep x 'y z' \\\n  --set a=\"b c\" | cat && llmops show # last")).toEqual([
      ["sweep", "x", "y z", "--set", "a=b c"],
      ["show"],
    ]);
  });

  it("has every command in the table of guides", () => {
    const table = pages.find(({ path }) => path === "docs/guides/index.md")?.text ?? "";
    const unnamed = [...commands.keys()].filter((name) => {
      const [last = ""] = name.split(" ").slice(-1);
      return !new RegExp(`\`(?:llmops )?(?:${name}|${last})[\` ]`).test(table);
    });
    expect(unnamed).toEqual([]);
  });

  it("describes every folder of the library", () => {
    const { PARTS } = createRequire(import.meta.url)("../../.floor-plan.cjs") as { PARTS: Record<string, Record<string, string[]>> };
    const text = pages.find(({ path }) => path === "docs/architecture/index.md")?.text ?? "";
    const described = Array.from(text.matchAll(/^\| `([a-z/]+)` +\|/gm), ([, folder]) => folder).filter((one) => !one?.startsWith("src"));
    const planned = Object.values(PARTS).flatMap((folders) => Object.keys(folders));
    expect(planned.filter((folder) => !described.includes(folder))).toEqual([]);
    expect(described.filter((one) => one?.includes("/") && !planned.includes(one) && !one.startsWith("models/"))).toEqual([]);
  });

  it("names output files with the commands that have them", () => {
    const text = (pages.find(({ path }) => path === "docs/guides/sweep.md")?.text ?? "").replace(/\s+/g, " ");
    const [, all = "", uncharted = "", unchecked = ""] =
      /all five output files: (.*?)\. Without charts: (.*?)\. Without charts and JUnit: (.*?), which/.exec(text) ?? [];
    const named = (list: string) => Array.from(list.matchAll(/`([a-z -]+)`/g), ([, name = ""]) => name);
    const having = (flag: string) => [...commands.values()].filter(({ flags }) => flag in flags).map(({ name }) => name);
    expect(named(all).sort()).toEqual(having("charts"));
    expect(having("html").filter((name) => !having("charts").includes(name))).toEqual([...named(uncharted), ...named(unchecked)].sort());
    expect(having("html").filter((name) => !having("junit").includes(name))).toEqual(named(unchecked));
  });
});
