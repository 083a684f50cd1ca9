import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { readWarmingFile, warmCache } from "../../app/serving/warm-cache.js";
import { serverArgs, serverFlags, serverOf } from "../../cli/flags/server-flags.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";

/** `llmops cache warm FILE`: has requests answered before anybody asks. */
export default class CacheWarm extends BaseCommand {
  static override summary = "Fill the response cache of a running server from a file of requests.";
  static override description =
    'Each line is a JSON body for /v1/chat/completions, or {"path": ..., "body": ...}, or a line of a recording (serve --record). Requests whose ' +
    "answers may differ (no temperature 0 and no seed) are sent but not cached, and are counted.";
  static override examples = ["<%= config.bin %> cache warm requests.jsonl", "<%= config.bin %> cache warm requests.jsonl --concurrency 8"];
  static override args = { file: Args.string({ required: true, description: "JSONL file of requests" }), ...serverArgs };
  static override flags = {
    ...serverFlags,
    concurrency: Flags.integer({ char: "c", default: 4, min: 1, max: 256, description: "requests at a time" }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CacheWarm);
    const signal = this.listenForInterrupt();
    const requests = await readWarmingFile(args.file);
    const counts = await warmCache(requests, { server: serverOf(args, flags), concurrency: flags.concurrency, signal });
    if (!this.jsonEnabled()) {
      this.log(`Cached ${counts.kept} of ${requests.length} answers; ${counts.already} were cached already.`);
      if (counts.bypassed > 0)
        this.log(
          `${counts.bypassed} not cached, because their answers may differ (set temperature 0 or a seed, or start the server with llmops serve --cache-all).`,
        );
      for (const failure of counts.failures.slice(0, 5)) this.note(failure);
    }
    if (counts.failures.length > 0) process.exitCode = EXIT.broken;
    return { schema: "llmops.cache/1", requests: requests.length, ...counts };
  }
}
