import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { missingFiles } from "../../lib/base/config/missing.js";
import { checkNames } from "./check-names.js";

const PLUGIN = `export default { api: 1, scorers: { brief: { options: (z) => z.object({ words: z.number() }), score: () => 1 } },
  judges: { overlap: { score: () => 1 } } };`;
const SIGNAL = new AbortController().signal;

/** The settings of a project with a plugin and these lines. */
function project(...lines: string[]) {
  const folder = temporaryFolder();
  const file = join(folder, "llmops.yaml");
  writeFileSync(join(folder, "mine.mjs"), PLUGIN);
  writeFileSync(file, ["plugins: [./mine.mjs]", ...lines].join("\n"));
  return { loaded: loadSettings({ environment: {}, file }), file };
}

describe("the names in llmops.yaml", () => {
  it("are those of llmops and of the project's plugins", async () => {
    const { loaded } = project("scorers: [brief:words=5, exact, 'judge:accuracy']", "judge: {method: overlap, rubrics: [relevance]}");
    expect(await checkNames(loaded, SIGNAL)).toEqual(["brief:words=5", "exact", "judge:accuracy", "overlap", "relevance"]);
  });

  it.each([
    ["scorers: [exact, breif]", 'scorers: Unknown scorer "breif".', /^Did you mean brief\?/],
    ["scorers: [brief:letters=5]", "scorers: ", /words/],
    ["scorers: [brief:words=5, brief:words=6]", "scorers: The scorer brief was given in two ways", /./],
    ["scorers: ['judge:acuracy']", 'scorers: Rubric "acuracy" was not found.', /^Did you mean accuracy\?/],
    ["judge: {method: voets}", 'judge.method: Unknown judge "voets".', /^Did you mean votes\?.*overlap/],
    ["judge: {rubrics: [acuracy]}", 'judge.rubrics: Rubric "acuracy" was not found.', /^Did you mean accuracy\?/],
  ])("are refused with their place: %s", async (line, message, hint) => {
    const { loaded, file } = project("", line);
    const error = await errorOf(() => checkNames(loaded, SIGNAL));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain(`${file}:3: ${message}`);
    expect(`${error.hint} ${error.message}`).toMatch(hint);
  });

  it("are refused together", async () => {
    const { loaded } = project("scorers: [breif, exakt]", "judge: {method: voets}");
    const { message } = await errorOf(() => checkNames(loaded, SIGNAL));
    expect(message.split("\n")).toEqual([
      expect.stringContaining('"breif"'),
      expect.stringContaining('"exakt"'),
      expect.stringContaining('"voets"'),
    ]);
  });

  it("may be files that are not there, which are warnings", async () => {
    const { loaded } = project("scorers: [./none.mjs, exact]", "judge: {rubrics: [./none.yaml]}");
    expect(await checkNames(loaded, SIGNAL)).toEqual(["exact"]);
    expect(missingFiles(loaded)).toEqual([expect.stringContaining("none.mjs"), expect.stringContaining("none.yaml")]);
  });
});
