import { BaseCommand } from "../../cli/command/base-command.js";
import { broken } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { askServer } from "../../app/serving/server-client.js";
import { serverArgs, serverFlags, serverOf } from "../../cli/flags/server-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";

interface Stats {
  saved?: { requests: number; prompt_tokens: number; completion_tokens: number; usd: number | null };
  [name: string]: unknown;
}

/** `llmops cache stats`: how a server's response cache does, and what it saved. */
export default class CacheStats extends BaseCommand {
  static override summary = "Show the response cache of a running server and what it saved.";
  static override examples = ["<%= config.bin %> cache stats", "<%= config.bin %> cache stats --url http://10.0.0.5:8080 --json"];
  static override args = serverArgs;
  static override flags = serverFlags;

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CacheStats);
    const { body } = await askServer(serverOf(args, flags), { method: "GET", path: "/cache/stats" });
    if (!this.jsonEnabled()) this.print(body);
    return { schema: "llmops.cache/1", ...body };
  }

  private print({ saved, ...stats }: Stats): void {
    const percent = (name: string) => name === "utilization" || name === "cache_hit_rate";
    const rows = Object.entries(stats).map(([name, value]) => [
      name,
      value === null ? "" : `${JSON.stringify(value)}${percent(name) ? " %" : ""}`.replaceAll('"', ""),
    ]);
    this.log(plainTable(["response cache", broken("", 0)], rows, terminalScreen()));
    if (!saved) return;
    const money = saved.usd === null ? "" : `, $${saved.usd.toFixed(4)}`;
    this.log(
      `Saved: ${counted(saved.requests, "request")}, ${saved.prompt_tokens} + ${counted(saved.completion_tokens, "token")}${money}.`,
    );
    if (saved.usd === null)
      this.log("To see dollars, start the server with prices: llmops serve --price-prompt DOLLARS --price-completion DOLLARS");
  }
}
