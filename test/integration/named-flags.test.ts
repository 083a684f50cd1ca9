import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { TOPICS } from "../../src/cli/help/help-topics.js";
import { allCommands, writtenFlags, type KnownCommand } from "../helpers/all-commands.js";
import { documentation } from "../helpers/documentation.js";
import { commandIn, flagsIn, literalsOf, typedCommands } from "../helpers/named-in-text.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Flags of programs that are not ours. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  "src/lib/tracking/rest/remote-artifacts.ts": ["serve-artifacts"],
  "src/lib/operations/scaffold/template-kinds.ts": ["profile"],
  // of serve, which doctor looks at
  "src/lib/operations/doctor/exposure-checks.ts": ["allowed-hosts"],
};

let commands: KnownCommand[] = [];
let names = new Set<string>();
let groups = new Set<string>();
const flagsOf = new Map<string, ReadonlySet<string>>();
let anywhere = new Set<string>();

beforeAll(async () => {
  commands = await allCommands();
  names = new Set([...commands.map(({ name }) => name), "mlflow ui"]);
  groups = new Set(
    commands.flatMap(({ name }) => name.split(" ").map((_, i, all) => all.slice(0, i).join(" "))).filter((name) => name !== ""),
  );
  for (const command of commands) flagsOf.set(command.name, writtenFlags(command));
  flagsOf.set("mlflow ui", flagsOf.get("ui") ?? new Set());
  anywhere = new Set([...flagsOf.values()].flatMap((flags) => [...flags]));
});

/** What is wrong with a text that the commands in question show. */
function mistakesIn(text: string, shownBy: readonly string[]): string[] {
  const flags = flagsIn(text, names).flatMap(({ flag, command, around }) => {
    const asked = command === undefined ? shownBy : [command];
    const isThere = asked.length === 0 || asked.includes("help") ? anywhere.has(flag) : asked.some((name) => flagsOf.get(name)?.has(flag));
    return isThere ? [] : [`--${flag} is not a flag of ${asked.join(", ") || "any command"}: ${around}`];
  });
  const unknown = typedCommands(text).flatMap((words) => {
    const isKnown = commandIn(words, names) !== undefined || groups.has(words) || words.startsWith("help");
    const [, topic] = /^help ([\w-]+)$/.exec(words) ?? [];
    const isTopic = topic === undefined || topic in TOPICS || topic === "topics" || names.has(topic) || groups.has(topic);
    return isKnown && isTopic ? [] : [`there is no command llmops ${words}`];
  });
  return [...flags, ...unknown];
}

describe("every flag and command that a text names is there", () => {
  it("in messages, hints and help: of the command that is named, or of one that can show the text", () => {
    const files = sources();
    const imports = new Map(files.map(({ file, source }) => [file, importsOf(file, source)]));
    const reached = commands.map(({ name, file }) => ({ name, files: reachedFrom(file, imports) }));
    const mistakes = files.flatMap(({ file, source }) => {
      const path = relative(ROOT, file);
      const shownBy = reached.filter((one) => one.files.has(file)).map(({ name }) => name);
      const isForeign = (mistake: string) => FOREIGN[path]?.some((flag) => mistake.startsWith(`--${flag} `)) === true;
      const found = literalsOf(file, source)
        .filter((text) => !isStyleProperty(path, text))
        .flatMap((text) => mistakesIn(text, shownBy));
      return found.filter((mistake) => !isForeign(mistake)).map((mistake) => `${path}: ${mistake}`);
    });
    expect(mistakes).toEqual([]);
  });

  it("in help topics, templates and workflows: of the command that is named", () => {
    const mistakes = texts().flatMap(({ path, text }) =>
      text.split("\n").flatMap((line) => {
        const typed = /(?<![\w./-])llmops [a-z].*/.exec(line)?.[0];
        return typed === undefined ? [] : mistakesIn(`\`${typed}`, []).map((mistake) => `${path}: ${mistake}`);
      }),
    );
    expect(mistakes.filter((mistake) => !/there is no command llmops (?:with what|in front|adds|from a clone)/.test(mistake))).toEqual([]);
  });

  it("in the documentation: of the command that is named, or of one that its page or paragraph is about", async () => {
    const mistakes = (await documentation()).flatMap(({ path, commands: about, text }) =>
      text.split(/\n\n/).flatMap((paragraph) => {
        // what follows npm run is a script's
        const code = codeOf(paragraph).filter((one) => !one.startsWith("npm run "));
        const also = code.flatMap((one) => commandIn(one.replace(/^llmops /, "").replace(/ [^a-z].*$/, ""), names) ?? []);
        return code
          .flatMap((one) => mistakesIn(one, about.length === 0 ? [] : [...about, ...also]))
          .map((mistake) => `${path}: ${mistake}`);
      }),
    );
    expect(mistakes).toEqual([]);
  });
});

function sources(): { file: string; source: string }[] {
  return readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.test|\.d)\.ts$/.test(file))
    .map((file) => ({ file: join(ROOT, "src", file), source: readFileSync(join(ROOT, "src", file), "utf8") }));
}

/** A literal of the web application that is nothing but a property which its style sheets use. */
function isStyleProperty(path: string, text: string): boolean {
  return path.startsWith("src/web/") && styleProperties().has(text);
}

let ofStyles: ReadonlySet<string> | undefined;

function styleProperties(): ReadonlySet<string> {
  const folder = join(ROOT, "src/web/styles");
  ofStyles ??= new Set(
    readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), "utf8").match(/(?<![\w-])--[a-z][\w-]*/g) ?? []),
  );
  return ofStyles;
}

function texts(): { path: string; text: string }[] {
  const templates = readdirSync(join(ROOT, "templates"), { recursive: true, encoding: "utf8" }).map((file) => join("templates", file));
  return ["models/demo/CARD.md", ...templates]
    .filter((path) => /\.(md|txt|yaml|yml|json|eta|service|sh|Dockerfile)$|Dockerfile/.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** Code spans in Markdown; the command lines of blocks are parsed elsewhere. */
function codeOf(markdown: string): string[] {
  const lines = markdown.replace(/^```[^]*?^```$/gm, "").split("\n");
  return lines.flatMap((line) => Array.from(line.matchAll(/`([^`]+)`/g), ([, code = ""]) => code));
}

function importsOf(file: string, source: string): string[] {
  return Array.from(source.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g), ([, path = ""]) =>
    resolve(dirname(file), path.replace(/\.js$/, ".ts")),
  ).filter((path) => existsSync(path));
}

function reachedFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set([file]);
  for (const one of seen) for (const next of imports.get(one) ?? []) seen.add(next);
  return seen;
}
