import type { DoctorDocument } from "../app/documents/projects.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { renderFinding, summarizeFindings } from "../cli/output/findings.js";
import { keepOutputForResult } from "../cli/terminal/terminal-output.js";
import { chalk } from "../cli/terminal/terminal-screen.js";
import { loadSettings } from "../lib/base/config/load-settings.js";
import type { CheckedFinding } from "../lib/operations/doctor/finding.js";

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
    keepOutputForResult(); // plugins are loaded
    const { runDoctor } = await import("../app/doctor/run-doctor.js");
    const readSettings = () => loadSettings({ flags: given, file: config });
    const onFinding = (finding: CheckedFinding) => this.log(renderFinding(finding, chalk));
    const where = { folder: process.cwd(), nodeVersion: process.versions.node };
    const findings = await runDoctor({ ...where, load, readSettings, onFinding }, this.asHost());
    const { text, exitCode } = summarizeFindings(findings, chalk);
    this.log(text);
    process.exitCode = exitCode;
    return { schema: "llmops.doctor/1", findings };
  }
}
