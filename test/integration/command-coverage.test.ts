import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { executedLines } from "../../scripts/command-coverage.mjs";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const SOURCE = `interface Row { value: number }

function unused(row: Row): number {
  return row.value + 1;
}

function used(row: Row): number {
  if (row.value > 1) {
    return unused(row);
  }
  return row.value;
}

used({ value: Number(process.argv[2]) });
`;

it("the lines of the source that processes executed are counted over all of them", () => {
  const folder = temporaryFolder();
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ["dist", "maps", "dumps"]) mkdirSync(at(name));
  const { outputText, sourceMapText = "" } = ts.transpileModule(SOURCE, {
    fileName: "../src/one.ts",
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, sourceMap: true },
  });
  writeFileSync(at("dist", "one.mjs"), outputText);
  writeFileSync(at("maps", "one.mjs.map"), JSON.stringify({ ...(JSON.parse(sourceMapText) as object), sources: ["../src/one.ts"] }));
  const run = (value: string) =>
    execFileSync(process.execPath, [at("dist", "one.mjs"), value], { env: { ...process.env, NODE_V8_COVERAGE: at("dumps") } });
  const executed = () => [...(executedLines({ dumps: at("dumps"), dist: at("dist"), maps: at("maps") }).get(at("src", "one.ts")) ?? [])];

  run("1");
  expect(executed()).toEqual(expect.arrayContaining([8, 11, 14]));
  expect(executed()).not.toContain(9);
  expect(executed()).not.toContain(4);

  run("2");
  writeFileSync(at("dumps", "half-written.json"), '{"result": [');
  expect(readdirSync(at("dumps"))).toHaveLength(3);
  expect(executed()).toEqual(expect.arrayContaining([4, 8, 9, 11, 14]));
});
