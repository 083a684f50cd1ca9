import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../base-command.js";
import { createKey } from "../../lib/access/key-file.js";
import { parseLimit } from "../../lib/access/limit.js";
import { keyFilePath } from "../../serving/build-access.js";

/** `llmops keys create NAME`. */
export default class KeysCreate extends BaseCommand {
  static override summary = "Make an API key for serve.";
  static override description =
    "The key is shown once and kept only as a hash. From then on every server of this user wants a key; running ones notice within a second.";
  static override examples = [
    "<%= config.bin %> keys create alice",
    "<%= config.bin %> keys create ci --limit 60/minute --limit 1Mtokens/day --max-parallel 4",
  ];
  static override args = { name: Args.string({ required: true, description: "whose key it is, as metrics and messages show it" }) };
  static override flags = {
    limit: Flags.string({
      aliases: ["rate-limit", "budget"],
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      helpValue: "LIMIT",
      description: "for this key, beside the server's: 5/minute, 20ktokens/hour, $5/month",
    }),
    "max-parallel": Flags.integer({ min: 1, description: "requests it may have under way" }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(KeysCreate);
    flags.limit.forEach(parseLimit);
    const { key, stored } = createKey(keyFilePath(), { name: args.name, limits: flags.limit, maxParallel: flags["max-parallel"] ?? null });
    if (!this.jsonEnabled()) {
      this.printWhole(key);
      this.note(`This is the key of ${stored.name} (id ${stored.id}); it is not shown again.`);
      this.note(`From now on every \`llmops serve\` of this user refuses requests without a key; to undo: llmops keys revoke ${stored.id}`);
    }
    return { schema: "llmops.key/1", key, id: stored.id, name: stored.name, limits: stored.limits, max_parallel: stored.max_parallel };
  }
}
