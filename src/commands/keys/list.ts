import type { KeysDocument } from "../../app/documents/keys.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { readKeyFile, type StoredKey } from "../../lib/serving/access/key-file.js";
import { broken, cut, whole } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { keyFilePath } from "../../app/serving/build-access.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

/** `llmops keys list`. */
export default class KeysList extends BaseCommand {
  static override summary = "List the API keys of serve, without the keys themselves.";
  static override examples = ["<%= config.bin %> keys list"];

  async run(): Promise<KeysDocument> {
    await this.parse(KeysList);
    const keys = readKeyFile(keyFilePath()).map(withoutHash);
    const rows = keys.map((key) => [
      key.id,
      key.name,
      key.revoked_at === null ? "valid" : `revoked ${key.revoked_at.slice(0, 10)}`,
      key.created_at.slice(0, 10),
      key.scopes.join(", "),
      [...key.limits, ...(key.max_parallel === null ? [] : [`${key.max_parallel} at a time`])].join(", "),
    ]);
    if (!this.jsonEnabled()) {
      this.log(
        rows.length === 0
          ? "No API keys exist yet. Create one with: llmops keys create NAME"
          : plainTable(["id", cut("name", 0), "state", whole("made", 10), broken("scopes"), broken("limits")], rows, terminalScreen()),
      );
    }
    return { schema: "llmops.keys/1", keys };
  }
}

function withoutHash({ id, name, created_at, revoked_at, scopes, limits, max_parallel }: StoredKey): Omit<StoredKey, "hash"> {
  return { id, name, created_at, revoked_at, scopes, limits, max_parallel };
}
