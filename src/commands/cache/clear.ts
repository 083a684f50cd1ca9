import { BaseCommand } from "../../cli/command/base-command.js";
import { askServer } from "../../app/serving/server-client.js";
import { serverArgs, serverFlags, serverOf } from "../../cli/flags/server-flags.js";

/** `llmops cache clear`. */
export default class CacheClear extends BaseCommand {
  static override summary = "Empty the response cache of a running server.";
  static override examples = ["<%= config.bin %> cache clear"];
  static override args = serverArgs;
  static override flags = serverFlags;

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CacheClear);
    const { body } = await askServer(serverOf(args, flags), { method: "DELETE", path: "/cache" });
    if (!this.jsonEnabled()) this.log(`Removed ${String(body["cleared_items"])} answers.`);
    return { schema: "llmops.cache/1", ...body };
  }
}
