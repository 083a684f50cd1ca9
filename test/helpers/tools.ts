import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { postgresPrograms } from "./postgres-cluster.js";

/** Programs beside Node that some tests try the real thing with, and the Debian package each is in. */
const PACKAGES = {
  "redis-server": "redis-server",
  postgresql: "postgresql",
  prometheus: "prometheus",
  promtool: "prometheus",
  amtool: "prometheus-alertmanager",
  openssl: "openssl",
  chromium: "chromium",
  "systemd-analyze": undefined,
  git: "git",
} as const;

export type Tool = keyof typeof PACKAGES;

/** Where a browser is installed; undefined where none is. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

/** True where a program is missing: its tests are skipped. With CI=true nothing is skipped that can be installed: this throws instead. */
export function lacks(...tools: Tool[]): boolean {
  const missing = tools.filter((tool) => !isInstalled(tool));
  const installable = missing.flatMap((tool) => PACKAGES[tool] ?? []);
  if (process.env["CI"] === "true" && installable.length > 0) {
    throw new Error(`With CI=true these tests have to run, but ${missing.join(", ")} is missing: ${howToInstall(installable)}.`);
  }
  return missing.length > 0;
}

/** One line on what is skipped on this machine and how to have it run; undefined where nothing is. */
export function describeSkipped(): string | undefined {
  const missing = (Object.keys(PACKAGES) as Tool[]).filter((tool) => PACKAGES[tool] !== undefined && !isInstalled(tool));
  if (missing.length === 0) return undefined;
  const packages = missing.flatMap((tool) => PACKAGES[tool] ?? []);
  return `Skipping the tests that need ${missing.join(", ")}; to run them: ${howToInstall(packages)}.`;
}

function howToInstall(packages: readonly string[]): string {
  return `apt-get install ${[...new Set(packages)].join(" ")}`;
}

function isInstalled(tool: Tool): boolean {
  if (tool === "postgresql") return postgresPrograms() !== undefined;
  if (tool === "chromium") return CHROMIUM !== undefined;
  return spawnSync(tool, [tool === "openssl" ? "version" : "--version"], { stdio: "ignore" }).error === undefined;
}
