import { Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { loadSettings, type LoadedSettings } from "../lib/base/config/load-settings.js";
import { cacheFolder, stateFolder } from "../lib/base/config/mlflow-environment.js";
import { runChecks, type Check, type CheckedFinding, type FindingState } from "../lib/operations/doctor/finding.js";
import { databasePathOf } from "../lib/tracking/open-local-store.js";
import type { Host } from "../app/host/host.js";
import { buildKeys, keyFilePath } from "../app/serving/build-access.js";
import { engineOptionsOf, findModel } from "../app/serving/serving-model.js";
import { chalk } from "../cli/terminal/terminal-screen.js";
import { journalFolder } from "../app/tracking/with-store.js";
import { EXIT } from "../lib/base/errors/exit-codes.js";
import { counted } from "../lib/base/errors/counted.js";

interface DoctorDocument {
  schema: "llmops.doctor/1";
  findings: CheckedFinding[];
}

const MARKS: Record<FindingState, string> = { ok: "✓", warning: "!", failed: "✗", skipped: "-" };
/** `llmops doctor`: is everything here that is needed? */
export default class Doctor extends BaseCommand {
  static override readsProject = false;
  static override summary = "Check this machine, the configuration and the services around it, and say what to do.";
  static override description =
    "Looks at what `llmops serve` would use here: Node.js, processor, graphics card, memory, disk, clock, model file, port, MLflow store, " +
    "Redis, upstreams. With --load the model is loaded and asked. Nothing is changed. Exit code 3 when something failed.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --model_path model.gguf --load",
    "<%= config.bin %> doctor --json",
  ];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: llmops.yaml where there is one]" }),
    model_path: Flags.string({
      aliases: ["model-path"],
      char: "m",
      helpValue: "FILE",
      description: "model to look at [default: the configured one]",
    }),
    load_in_8bit: Flags.boolean({
      aliases: ["load-in-8bit"],
      exclusive: ["load_in_4bit"],
      description: "look at it with its weights as Q8_0, as serve --load_in_8bit makes it",
    }),
    load_in_4bit: Flags.boolean({ aliases: ["load-in-4bit"], description: "look at it with its weights as Q4_K_M" }),
    port: Flags.string({ char: "p", helpValue: "N", description: "port to look at [default: the configured one]" }),
    "tracking-uri": Flags.string({ aliases: ["mlflow_tracking_uri"], helpValue: "URI", description: "MLflow store to look at" }),
    load: Flags.boolean({ description: "load the model and ask it something" }),
  };

  async run(): Promise<DoctorDocument> {
    const { flags } = await this.parse(Doctor);
    const { load, config, ...given } = flags;
    const host = this.asHost();
    const findings: CheckedFinding[] = [];
    const show = (finding: CheckedFinding) => {
      findings.push(finding);
      this.log(render(finding));
    };
    let loaded: LoadedSettings | undefined;
    const read: Check = {
      name: "configuration",
      run: () => {
        loaded = loadSettings({ flags: given, file: config });
        return { state: "ok", text: loaded.file ?? "no llmops.yaml here" };
      },
    };
    await runChecks([read], (finding) => (finding.state === "failed" ? show(finding) : undefined));
    // a configuration that is wrong does not keep the rest from being looked at
    await runChecks(await checksOf(loaded ?? loadSettings({ environment: {}, folder: stateFolder() }), { load, host }), show);
    const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
    const [wrong, doubtful] = [count("failed"), count("warning")];
    this.log(wrong + doubtful === 0 ? chalk.green("All is well.") : `${wrong} failed, ${counted(doubtful, "warning")}.`);
    process.exitCode = wrong > 0 ? EXIT.broken : EXIT.done;
    return { schema: "llmops.doctor/1", findings };
  }
}

async function checksOf(loaded: LoadedSettings, { load, host }: { load: boolean; host: Host }): Promise<Check[]> {
  const [{ exposureChecks }, { machineChecks }, { modelChecks }, { remoteClocks, serviceChecks }] = await Promise.all([
    import("../lib/operations/doctor/exposure-checks.js"),
    import("../lib/operations/doctor/machine-checks.js"),
    import("../lib/operations/doctor/model-checks.js"),
    import("../lib/operations/doctor/service-checks.js"),
  ]);
  const { settings } = loaded;
  const trackingUri = settings["tracking.uri"];
  const options = engineOptionsOf(settings);
  return [
    ...machineChecks({
      nodeVersion: process.versions.node,
      folders: [process.cwd(), stateFolder(), cacheFolder()],
      now: Date.now(),
      remoteClocks: () => remoteClocks([trackingUri, ...settings["providers.upstream"]]),
    }),
    ...serviceChecks({ loaded, journalFolder: journalFolder(), trackingUri }),
    ...exposureChecks({
      settings,
      keyFile: keyFilePath(),
      keysAreNeeded: buildKeys(settings, {}, () => undefined).areNeeded,
      stateFolder: stateFolder(),
      database: /^https?:/i.test(trackingUri) ? undefined : databasePathOf(trackingUri),
    }),
    ...modelChecks({
      open: () => findModel(settings, host),
      options,
      timeoutSeconds: settings["server.timeout"],
      load: load
        ? async (file) => {
            const { Engine } = await import("../lib/inference/engine/engine.js");
            return Engine.load(file, { ...options, slots: 1, signal: host.signal });
          }
        : undefined,
    }),
  ];
}

function render({ name, state, text, hint }: CheckedFinding): string {
  const colour = { ok: chalk.green, warning: chalk.yellow, failed: chalk.red, skipped: chalk.dim }[state];
  const line = `${colour(MARKS[state])} ${chalk.bold(name)}: ${text}`;
  return hint === undefined ? line : `${line}\n  ${chalk.cyan("→")} ${hint}`;
}
