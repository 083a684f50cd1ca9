import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { readSearchFile } from "../../lib/experiments/study/search-file.js";
import { parseFixed } from "../../lib/experiments/study/search-space.js";
import { settingFile } from "./setting-file.js";

it("a setting that is written is read back with everything it was measured with", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "system.txt"), "You are brief:\none word, no more. {{topic}}\n");
  const fixed = { max_tokens: 64, top_p: 0.9, system: `@${join(folder, "system.txt")}` };
  const written = settingFile(fixed, { strategy: "careful", temperature: 0.3 }, ["llmops sweep\n temperature"]);
  expect(written).toContain("# llmops sweep temperature\n");
  writeFileSync(join(folder, "best.yaml"), written);
  expect(parseFixed(readSearchFile(join(folder, "best.yaml")))).toEqual({
    top_p: 0.9,
    system: "You are brief:\none word, no more. {{topic}}",
    temperature: 0.3,
  });
  expect(settingFile({ max_tokens: 64 }, { max_tokens: 64 }, [])).toBe("max_tokens: 64\n");
});
