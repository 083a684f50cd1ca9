import { Config } from "@oclif/core";
import { expect, it } from "vitest";
import { BaseCommand } from "./base-command.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const counts = () => SIGNALS.map((signal) => process.listenerCount(signal));

/** A command that notes what listens while it runs. */
class Probe extends BaseCommand {
  static override readsProject = false;
  during: number[] = [];
  override parsed = true; // there is nothing to parse

  async run(): Promise<void> {
    const { signal } = this.asHost();
    expect(this.listenForInterrupt()).toBe(signal);
    this.during = counts();
  }
}

it("listens for interruption while the command runs, once, and not after it", async () => {
  const before = counts();
  for (let run = 0; run < 3; run++) {
    const probe = new Probe([], Object.assign(new Config({ root: process.cwd() }), { bin: "llmops" }));
    await probe._run();
    expect(probe.during).toEqual(before.map((count) => count + 1));
    expect(counts()).toEqual(before);
  }
});
