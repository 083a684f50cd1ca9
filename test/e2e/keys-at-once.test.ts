import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** 50 take half a minute on two cores. */
const PROCESSES = Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? 8);

it("keys that many processes make and revoke at the same time are all kept and all revoked", { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: PROCESSES }, (_, index) => `key${index}`);
  const made = await Promise.all(names.map((name) => startCli(["keys", "create", name, "--json"], folder).finished));
  expect(made.map(({ code }) => code)).toEqual(names.map(() => 0));
  const revoked = names.filter((_, index) => index % 2 === 0);
  await Promise.all([
    ...revoked.map((name) => startCli(["keys", "revoke", name], folder).finished),
    ...revoked.map((name) => startCli(["keys", "create", `${name}-new`], folder).finished),
  ]);
  const listed = await runCli(["keys", "list", "--json"], folder);
  const { keys } = JSON.parse(listed.stdout) as { keys: { name: string; revoked_at: string | null }[] };
  const valid = keys.filter(({ revoked_at: at }) => at === null).map(({ name }) => name);
  expect(valid.sort()).toEqual([...names.filter((name) => !revoked.includes(name)), ...revoked.map((name) => `${name}-new`)].sort());
  const path = join(folder, ".state", "keys.json");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).not.toContain("llmops-");
});
