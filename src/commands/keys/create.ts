import type { CreatedKeyDocument } from "../../app/documents/keys.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { createKey } from "../../lib/serving/access/key-file.js";
import { parseLimit } from "../../lib/serving/access/limit.js";
import { parseScopes, SCOPES } from "../../lib/serving/access/scopes.js";
import { keyFilePath } from "../../app/serving/build-access.js";

/** `llmops keys create NAME`. */
export default class KeysCreate extends BaseCommand {
  static override summary = "Make an API key for serve.";
  static override description =
    "The key is shown once and stored only as a hash. From then on, every server of this user requires a key; running ones notice within a " +
    "second. " +
    "Scopes: infer for requests to models; read for metrics, experiments, and runs, as for Prometheus and monitor; admin for everything.";
  static override examples = [
    "<%= config.bin %> keys create alice",
    "<%= config.bin %> keys create prometheus --scope read",
    "<%= config.bin %> keys create ci --limit 60/minute --limit 1Mtokens/day --max-parallel 4",
  ];
  static override args = { name: Args.string({ required: true, description: "owner of the key, as metrics and messages show it" }) };
  static override flags = {
    scope: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      helpValue: SCOPES.join("|"),
      description: "scopes of the key, repeatable or comma-separated [default: infer]; admin includes the others",
    }),
    limit: Flags.string({
      aliases: ["rate-limit", "budget"],
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      helpValue: "LIMIT",
      description: "limit of this key, in addition to the server's: 5/minute, 20ktokens/hour, $5/month",
    }),
    "max-parallel": Flags.integer({ min: 1, description: "concurrent requests with this key" }),
  };

  async run(): Promise<CreatedKeyDocument> {
    const { args, flags } = await this.parse(KeysCreate);
    flags.limit.forEach(parseLimit);
    const scopes = parseScopes(flags.scope);
    const asked = { name: args.name, limits: flags.limit, maxParallel: flags["max-parallel"] ?? null, scopes };
    const { key, stored } = await createKey(keyFilePath(), asked);
    if (!this.jsonEnabled()) {
      this.printWhole(key);
      this.note(`This is the key of ${stored.name} (id ${stored.id}, ${stored.scopes.join(", ")}). It is not shown again.`);
      this.note(`Every \`llmops serve\` of this user now refuses requests without a key. To undo: llmops keys revoke ${stored.id}`);
    }
    const { id, name, limits, max_parallel: most } = stored;
    return { schema: "llmops.key/1", key, id, name, scopes, limits, max_parallel: most };
  }
}
