import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import { expect, it, vi } from "vitest";
import BriefHelp from "../../src/cli/help/help-class.js";
import { displayWidth } from "../../src/lib/report/display-width.js";

it.each([80, 100])("help of every command opens with one line of usage and fits %i columns", async (width) => {
  const config = await Config.load({ root: fileURLToPath(new URL("../../", import.meta.url)) });
  const wrong: string[] = [];
  for (const command of config.commands) {
    const lines: string[] = [];
    const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(...String(text).split("\n"));
      return true;
    });
    await new BriefHelp(config, { maxWidth: width }).showCommandHelp(command).finally(() => stdout.mockRestore());
    const usage = lines.indexOf("USAGE");
    const typed = `  $ llmops ${command.id.replaceAll(":", " ")} `;
    if (usage < 0 || !lines[usage + 1]?.startsWith(typed) || lines[usage + 2] !== "") wrong.push(`${command.id}: usage`);
    if (lines.findIndex((line) => /^[A-Z ]+$/.test(line)) !== usage) wrong.push(`${command.id}: usage is not first`);
    wrong.push(...lines.filter((line) => displayWidth(line) > width).map((line) => `${command.id}: ${line}`));
  }
  expect(wrong).toEqual([]);
});
