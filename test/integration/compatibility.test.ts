import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { allCommands, type KnownCommand } from "../helpers/all-commands.js";

/** Commands, arguments and flags as users' scripts rely on them: names, types, aliases, choices and defaults, not descriptions. */
const FILE = new URL("../fixtures/commands.json", import.meta.url);
const HOW = "If users are to see this change: LLMOPS_ACCEPT=1 npx vitest run test/integration/compatibility.test.ts";

type Shape = Record<string, unknown>;
/** By what is typed: "sweep", "sweep --seed", "bench <url>". */
type Surface = Record<string, Shape>;

/** Only what is set: a flag that is not multiple says nothing of it. */
function shapeOf(one: object, names: readonly string[]): Shape {
  const pairs = names.flatMap((name) => {
    const value = (one as Shape)[name];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return [];
    return [[name, typeof value === "function" ? "computed" : value] as const];
  });
  return Object.fromEntries(pairs);
}

function surfaceOf(commands: readonly KnownCommand[]): Surface {
  const ofArg = ["required", "options", "default"];
  const ofFlag = ["type", "char", "aliases", "options", "multiple", "allowNo", "required", "default"];
  const entries = commands.flatMap(({ name, Command, flags }) => [
    [name, {}] as const,
    ...Object.entries(Command.args).map(([arg, one], place) => [`${name} <${arg}>`, { place, ...shapeOf(one, ofArg) }] as const),
    ...Object.entries(flags)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([flag, one]) => [`${name} --${flag}`, shapeOf(one, ofFlag)] as const),
  ]);
  // as the file has it: what JSON leaves out is left out
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Surface;
}

function changesBetween(before: Surface, after: Surface): string[] {
  const text = (shape: Shape | undefined) => JSON.stringify(shape);
  const removed = Object.keys(before).filter((name) => !(name in after));
  const added = Object.keys(after).filter((name) => !(name in before));
  const changed = Object.keys(after).filter((name) => name in before && text(before[name]) !== text(after[name]));
  return [
    ...removed.map((name) => `removed ${name}: ${text(before[name])}`),
    ...changed.map((name) => `changed ${name}: ${text(before[name])} -> ${text(after[name])}`),
    ...added.map((name) => `added ${name}: ${text(after[name])}`),
  ];
}

/** JSON with a line for each, so that a change is a line in a review. */
function render(surface: Surface): string {
  const lines = Object.entries(surface).map(([name, shape]) => `  ${JSON.stringify(name)}: ${JSON.stringify(shape)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

it("commands and flags are those of test/fixtures/commands.json", async () => {
  const surface = surfaceOf(await allCommands());
  if (process.env["LLMOPS_ACCEPT"] !== undefined) writeFileSync(FILE, render(surface));
  const known = JSON.parse(readFileSync(FILE, "utf8")) as Surface;
  expect(changesBetween(known, surface), HOW).toEqual([]);
});

it("a flag that is removed, renamed or given another default is noticed", () => {
  const before: Surface = { "serve --port": { type: "option", default: 8000 }, "serve --host": { type: "option" } };
  const after: Surface = { "serve --port": { type: "option", default: 8080 }, "serve --address": { type: "option" } };
  expect(changesBetween(before, after)).toEqual([
    'removed serve --host: {"type":"option"}',
    'changed serve --port: {"type":"option","default":8000} -> {"type":"option","default":8080}',
    'added serve --address: {"type":"option"}',
  ]);
});
