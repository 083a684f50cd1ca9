import { Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { CONFIG_FILE } from "../lib/base/config/find-project.js";
import { loadSettings } from "../lib/base/config/load-settings.js";
import { continueCommand } from "../lib/report/continue-command.js";
import { settingFlags } from "../cli/flags/setting-flags.js";
import { terminalScreen } from "../cli/terminal/terminal-screen.js";

function keyFlag(what: string, better: string) {
  return Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "KEY",
    helpGroup: "SECURITY",
    description: `${what}, or several, comma-separated; better in ${better}, which processes' lists do not show`,
  });
}

/** `llmops serve`: a model behind an OpenAI-compatible API. */
export default class Serve extends BaseCommand {
  static override readsProject = false;
  static override summary = "Serve a model behind an OpenAI-compatible API.";
  static override description =
    "A local GGUF model, or other servers it passes requests on to: with a response cache, API keys and limits, Prometheus metrics, MLflow " +
    `tracking, fallback. Everything can also be set in ${CONFIG_FILE} (llmops init writes one) and by environment variables; flags come ` +
    "first. Endpoints are described at /docs. Log lines go to standard error, as JSON when that is not a terminal.";
  static override enableJsonFlag = false;
  static override examples = [
    "<%= config.bin %> serve --model_path model.gguf",
    "<%= config.bin %> serve --port 8000 --slots 8 --ctx-size 4096 --rate-limit 60/minute",
    "<%= config.bin %> serve --upstream http://127.0.0.1:8000/v1 --fallback openai:gpt-4o-mini",
    "<%= config.bin %> serve --track all --mlflow_tracking_uri http://127.0.0.1:5000",
    "<%= config.bin %> serve --set @best.yaml --set 'system=Answer in one word.'",
    "<%= config.bin %> serve --record calls.jsonl",
    "<%= config.bin %> serve --replay calls.jsonl",
  ];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: `configuration to read [default: ${CONFIG_FILE} where there is one]` }),
    "api-key": keyFlag("a key clients have to send", "LLMOPS_API_KEY or by `llmops keys create`"),
    "read-api-key": keyFlag("a key that reads metrics, experiments and runs", "LLMOPS_READ_API_KEY"),
    "admin-api-key": keyFlag("a key that may do everything", "LLMOPS_ADMIN_API_KEY"),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "NAME=VALUE",
      helpGroup: "SERVING",
      description:
        "a parameter of requests that do not say themselves, such as temperature=0.3 or system=TEXT; @FILE reads what sweep --best and optimize --apply wrote, but for prompts, which are templates for rows",
    }),
    ...settingFlags(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const { config, set = [], ...keys } = flags as { config?: string; set?: string[] } & Partial<Record<string, string[]>>;
    const apiKeys = { infer: keys["api-key"] ?? [], read: keys["read-api-key"] ?? [], admin: keys["admin-api-key"] ?? [] };
    const host = this.asHost();
    const served = set.length === 0 ? undefined : (await import("../app/serving/served-setting.js")).servedSetting(set);
    for (const text of served?.leftOut ?? []) this.note(text);
    const given = served?.given ?? new Map();
    const { settings } = loadSettings({ flags, given, file: config });
    const { runServer } = await import("../app/serving/run-server.js");
    const sayCommand = (line: string) => this.printWhole(continueCommand(line, terminalScreen().width));
    await runServer({ settings, apiKeys, host, say: (line) => this.log(line), sayCommand });
  }
}
