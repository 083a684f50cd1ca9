import type { VerifyDocument } from "../../app/documents/models.js";
import { resolve } from "node:path";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { cachedModels } from "../../app/models/cached-models.js";
import { partsOf } from "../../lib/inference/engine/pull-model.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { checksumOf, notedChecksum } from "../../lib/inference/models/checksum.js";
import { openModelFile } from "../../lib/inference/models/model-file.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";

const INTERRUPTED = { state: "wrong" as const, sha256: null, problem: "its download was interrupted: pull it again" };

/** `llmops models verify`: whether files are what they were. */
export default class ModelsVerify extends BaseCommand {
  static override summary = "Check model files: header, size, and the checksum they were downloaded with.";
  static override description = "Without a name all of the cache is checked. Exit code 3 where a file is not what it should be.";
  static override examples = ["<%= config.bin %> models verify", "<%= config.bin %> models verify model.gguf --json"];
  static override strict = false;
  static override args = { file: Args.string({ description: "GGUF files" }) };

  async run(): Promise<VerifyDocument> {
    const { argv } = await this.parse(ModelsVerify);
    const signal = this.listenForInterrupt();
    const named = argv as string[];
    const cached = await cachedModels();
    const partial = new Set(cached.filter(({ whole }) => !whole).map(({ path }) => path));
    const paths = named.length > 0 ? named.map((path) => resolve(path)) : cached.map(({ path }) => path);
    const files: VerifyDocument["files"] = [];
    for (const part of (await Promise.all(paths.map((path) => partsOf(path)))).flat()) {
      const checked = partial.has(part) ? { path: part, ...INTERRUPTED } : await check(part, signal);
      files.push(checked);
      const mark = { right: chalk.green("right"), whole: "whole, no checksum is known", wrong: chalk.red(`wrong: ${checked.problem}`) };
      this.log(`${part}: ${mark[checked.state]}`);
    }
    if (files.length === 0) this.log("The model cache is empty.");
    if (files.some(({ state }) => state === "wrong")) process.exitCode = EXIT.broken;
    return { schema: "llmops.verify/1", files };
  }
}

async function check(path: string, signal: AbortSignal): Promise<VerifyDocument["files"][number]> {
  try {
    await openModelFile(path);
    const expected = await notedChecksum(path);
    if (expected === undefined) return { path, state: "whole", sha256: null, problem: null };
    const sha256 = await checksumOf(path, { signal });
    const problem = sha256 === expected ? null : `its checksum is ${sha256}, not ${expected}`;
    return { path, state: problem === null ? "right" : "wrong", sha256, problem };
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code === "MODEL_NOT_FOUND") throw error;
    return { path, state: "wrong", sha256: null, problem: messageOf(error) };
  }
}
