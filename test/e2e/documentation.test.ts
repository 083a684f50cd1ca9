import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentation, ROOT } from "../helpers/documentation.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { runScript } from "../helpers/warm-shell.js";

const EXAMPLES = join(ROOT, "examples", "qa.jsonl");
const PAGES = await documentation();
const RUN = PAGES.map(({ path, fences }) => ({ path, scripts: fences.filter(({ marks }) => marks[0] === "run") })).filter(
  ({ scripts }) => scripts.length > 0,
);

describe.each(RUN)("what $path has to be run", ({ scripts }) => {
  it("runs on the demo model, with the exit codes it says", { timeout: 600_000 }, async () => {
    const folder = temporaryFolder();
    symlinkSync(join(ROOT, "examples"), join(folder, "examples")); // they are typed in a clone
    for (const script of scripts) {
      const wanted = Number(script.marks.find((mark) => mark.startsWith("exit="))?.slice("exit=".length) ?? 0);
      const { code, output } = await runScript(script.text, folder);
      expect(code, `${script.text}\n${output}`).toBe(wanted);
    }
  });
});

type Value = null | string | number | boolean | Value[] | { [name: string]: Value };

/** The sample document of a schema, with what the documentation leaves out left out. */
function sampleOf(schema: string): Value {
  const samples = PAGES.flatMap(({ fences }) => fences).filter(({ text }) => text.startsWith(`{"schema": "${schema}"`));
  return JSON.parse((samples[0]?.text ?? "").replace(/,?\s*\.\.\.(?=\s*[}\]])/g, "")) as Value;
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
    return kinds.has(typeof sample) || found.every((one) => one === null) ? [] : [`${path} is not a ${typeof sample}`];
  }
  const objects = found.filter((one) => typeof one === "object" && one !== null) as Record<string, unknown>[];
  if (objects.length === 0) return [];
  const isByName = /\.(metrics|distribution|params)$/.test(path); // keys are data there
  return Object.entries(sample).flatMap(([name, value]) =>
    missingIn(value, isByName ? objects.flatMap((one) => Object.values(one)) : objects.map((one) => one[name]), `${path}.${name}`),
  );
}

it.each([
  ["llmops.sweep/3", ["sweep", "temperature", "0,1.5", "--limit", "20", "--require", "accuracy>=0.1"]],
  ["llmops.judge/2", ["judge", "--dataset", EXAMPLES, "--limit", "3", "--rubric", "accuracy", "--min-score", "1"]],
  ["llmops.optimize/1", ["optimize", "temperature=0..1", "top_p=0.5..1", "--trials", "3", "--limit", "6", "--proof", "6"]],
])("the documentation shows %s as it is printed", { timeout: 300_000 }, async (schema, args) => {
  const { stdout } = await runCli([...args, "--json"], temporaryFolder());
  expect(missingIn(sampleOf(schema), [JSON.parse(stdout)], schema)).toEqual([]);
});
