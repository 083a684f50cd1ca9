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
  static override summary = "Check this machine, the configuration, and the services around it, and say what to fix.";
  static override description =
    "Looks at what `llmops serve` would use here: Node.js, processor, graphics card, memory, disk, clock, model file, port, MLflow store, " +
    "Redis, upstreams. With --load, the model is loaded and asked a question. Nothing is changed. The exit code is 3 if a check failed.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --model_path model.gguf --load",
    "<%= config.bin %> doctor --json",
  ];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: llmops.yaml if there is one]" }),
    model_path: Flags.string({
      aliases: ["model-path"],
      char: "m",
      helpValue: "FILE",
      description: "model to check [default: the configured one]",
    }),
    load_in_8bit: Flags.boolean({
      aliases: ["load-in-8bit"],
      exclusive: ["load_in_4bit"],
      description: "check it with weights as Q8_0, as in serve --load_in_8bit",
    }),
    load_in_4bit: Flags.boolean({ aliases: ["load-in-4bit"], description: "check it with weights as Q4_K_M" }),
    port: Flags.string({ char: "p", helpValue: "N", description: "port to check [default: the configured one]" }),
    "tracking-uri": Flags.string({ aliases: ["mlflow_tracking_uri"], helpValue: "URI", description: "MLflow store to check" }),
    load: Flags.boolean({ description: "load the model and ask it a question" }),
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
