import type { RevokedKeyDocument } from "../../app/documents/keys.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { revokeKey } from "../../lib/serving/access/key-file.js";
import { keyFilePath } from "../../app/serving/build-access.js";

/** `llmops keys revoke NAME`. */
export default class KeysRevoke extends BaseCommand {
  static override summary = "Revoke an API key of serve; running servers notice within a second.";
  static override examples = ["<%= config.bin %> keys revoke alice"];
  static override args = { key: Args.string({ required: true, description: "name or id" }) };

  async run(): Promise<RevokedKeyDocument> {
    const { args } = await this.parse(KeysRevoke);
    const { id, name, revoked_at: revokedAt } = await revokeKey(keyFilePath(), args.key);
    if (!this.jsonEnabled()) this.log(`Revoked the key of ${name} (id ${id}).`);
    return { schema: "llmops.key/1", id, name, revoked_at: revokedAt };
  }
}
