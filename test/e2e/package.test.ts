import { execFile } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { pageData } from "../helpers/page-data.js";
import { commandEnvironment } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** The package as npm would publish it, unpacked, with the dependencies that are installed here. */
async function unpacked(folder: string): Promise<string> {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run("tar", ["-xzf", join(folder, filename), "-C", folder]);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "package", "node_modules"));
  return join(folder, "package");
}

it("the package has all that the command and a program need", async () => {
  const folder = temporaryFolder();
  const place = await unpacked(folder);
  const env = commandEnvironment(folder) as NodeJS.ProcessEnv;
  const node = async (...words: string[]) => (await run(process.execPath, words, { cwd: folder, env })).stdout;

  const sweep = await node(
    join(place, "bin/run.cjs"),
    "sweep",
    "temperature",
    "0.5",
    "--limit",
    "2",
    "--repeats",
    "1",
    "--html",
    "a.html",
    "--json",
  );
  expect(JSON.parse(sweep)).toMatchObject({ study: { status: "finished" } });
  expect(pageData(join(folder, "a.html"))).toMatchObject({ view: { kind: "study", answers: { rows: [{}, {}] } } });
  expect(await node(join(place, "bin/run.cjs"), "judge", "rubric", "list", "--json")).toContain("accuracy");
  expect(await node(join(place, "bin/run.cjs"), "help", "datasets")).toContain("JSONL");

  const program = `import { runSweep } from ${JSON.stringify(join(place, "dist/index.js"))}; console.log(typeof runSweep);`;
  expect(await node("--input-type=module", "--eval", program)).toBe("function\n");
  const { exports: entries } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as {
    exports: Record<string, { types?: string; default?: string } | string>;
  };
  for (const path of Object.values(entries).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)))) {
    expect(readFileSync(join(place, path), "utf8")).not.toBe("");
  }
});
