import { Args } from "@oclif/core";
import type { VerifyDocument } from "../../app/documents/models.js";
import { verifyModels, type VerifiedFile } from "../../app/models/verify-models.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";

/** `llmops models verify`: whether files are what they were. */
export default class ModelsVerify extends BaseCommand {
  static override summary = "Check model files: header, size, and the checksum they were downloaded with.";
  static override description = "Without a name, the whole cache is checked. The exit code is 3 if a file is damaged.";
  static override examples = ["<%= config.bin %> models verify", "<%= config.bin %> models verify model.gguf --json"];
  static override strict = false;
  static override args = { file: Args.string({ description: "GGUF files" }) };

  async run(): Promise<VerifyDocument> {
    const { argv } = await this.parse(ModelsVerify);
    const onChecked = ({ path, state, problem }: VerifiedFile) => {
      const mark = { right: chalk.green("right"), whole: "whole, no checksum is known", wrong: chalk.red(`wrong: ${problem}`) };
      this.log(`${path}: ${mark[state]}`);
    };
    const files = await verifyModels({ paths: argv as string[], signal: this.listenForInterrupt(), onChecked });
    if (files.length === 0) this.log("The model cache is empty.");
    if (files.some(({ state }) => state === "wrong")) process.exitCode = EXIT.broken;
    return { schema: "llmops.verify/1", files };
  }
}
