import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { loadSettings } from "../../base/config/load-settings.js";
import { exposureChecks } from "./exposure-checks.js";
import { runChecks } from "./finding.js";

async function look(
  flags: Record<string, unknown>,
  { keysAreNeeded = false, state = temporaryFolder(), database }: { keysAreNeeded?: boolean; state?: string; database?: string } = {},
) {
  const folder = temporaryFolder();
  const { settings } = loadSettings({ folder, environment: {}, flags });
  const checks = exposureChecks({ settings, keyFile: join(state, "keys.json"), keysAreNeeded, stateFolder: state, database });
  const findings = await runChecks(checks, () => undefined);
  return Object.fromEntries(findings.map(({ name, state: how, text, hint }) => [name, `${how}: ${text} ${hint ?? ""}`]));
}

describe("doctor on exposure", () => {
  it("is content with a server of this machine, with keys or without", async () => {
    const found = await look({});
    expect(found["API keys"]).toMatch(/^ok: none, and only this machine/);
    expect(found["exposure"]).toMatch(/^ok: 127\.0\.0\.1/);
    expect(found["file modes"]).toMatch(/^ok/);
  });

  it("warns of an open address without keys, and without TLS in front of it", async () => {
    const open = await look({ host: "0.0.0.0" });
    expect(open["API keys"]).toMatch(/^warning: none, but .* 0\.0\.0\.0/);
    expect(open["exposure"]).toMatch(/^warning: the server listens on 0\.0\.0\.0 in plain HTTP Put a proxy with TLS/);
    const locked = await look({ host: "0.0.0.0" }, { keysAreNeeded: true });
    expect(locked["API keys"]).toMatch(/^ok: from the environment/);
  });

  it("warns of lists that allow everything", async () => {
    const found = await look({ "allowed-hosts": ["*"] });
    expect(found["exposure"]).toMatch(/^warning: security\.allowed_hosts allows everything/);
  });

  it("names files that others can read, and the command that closes them", async () => {
    const state = temporaryFolder();
    chmodSync(state, 0o755);
    mkdirSync(join(state, "journal"));
    const [own, shared] = [join(state, "keys.json"), join(state, "journal", "1.jsonl")];
    for (const path of [own, shared]) writeFileSync(path, "{}");
    chmodSync(own, 0o600);
    chmodSync(shared, 0o644);
    const database = join(temporaryFolder(), "mlflow.db");
    writeFileSync(database, "");
    chmodSync(database, 0o644);
    const text = (await look({}, { state, database }))["file modes"] ?? "";
    expect(text).toMatch(/^warning: 2 files/);
    for (const part of [shared, database, `chmod -R go= ${state} ${database}`]) expect(text).toContain(part);
    expect(text).not.toContain(own);
    for (const path of [shared, database]) chmodSync(path, 0o600);
    expect((await look({}, { state, database }))["file modes"]).toMatch(/^ok/);
  });
});
