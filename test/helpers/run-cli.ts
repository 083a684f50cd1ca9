import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultOfOutput } from "./described-documents.js";
import { noteFault } from "./faults.js";
import { runWarm } from "./warm-cli.js";
import { SETTINGS } from "../../src/lib/base/config/settings.js";

const BIN = fileURLToPath(new URL("../../bin/run.cjs", import.meta.url));

/** Started processes load it first, and tell one another by the folder of global-setup.ts. */
const TESTED = new URL("tested-library-start.mjs", import.meta.url);
TESTED.searchParams.set("passed", process.env["TESTED_LIBRARY_DIR"] ?? "");

const SETTING_VARIABLES = new Set(Object.values(SETTINGS).flatMap(({ env }): readonly string[] => env));

/** Without settings of whoever runs the tests. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(MLFLOW|LLMOPS)_/.test(name) && !SETTING_VARIABLES.has(name)),
);

/** Where Node writes what of the code a command executed: `npm run coverage` counts it. */
const COVERAGE = process.env["LLMOPS_COVERAGE_DIR"];
const COUNTED = COVERAGE === undefined ? {} : { NODE_V8_COVERAGE: COVERAGE };

/** What a command run in a folder has in its environment: no colors, no settings of whoever runs the tests, state and cache of its own. */
export function commandEnvironment(cwd: string): Record<string, string | undefined> {
  return { ...ENVIRONMENT, ...COUNTED, NO_COLOR: "1", LLMOPS_STATE_DIR: join(cwd, ".state"), LLMOPS_CACHE_DIR: join(cwd, ".cache") };
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliProcess {
  process: ChildProcess;
  /** Resolves when the output matches; rejects when the process ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  finished: Promise<CliResult>;
}

/** Starts the built command line, with no colors and no terminal. */
export function startCli(args: string[], cwd: string, env: Record<string, string> = {}): CliProcess {
  const child = spawn(process.execPath, ["--import", TESTED.href, BIN, ...args], {
    cwd,
    env: { ...commandEnvironment(cwd), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const take = (add: (text: string) => void) => (data: Buffer) => {
    add(data.toString("utf8"));
    for (const watch of watchers) watch();
  };
  child.stdout.on(
    "data",
    take((text) => (stdout += text)),
  );
  child.stderr.on(
    "data",
    take((text) => (stderr += text)),
  );
  const finished = new Promise<CliResult>((resolve) =>
    child.on("close", (code) => {
      demandDescribed(args, stdout);
      resolve({ code, stdout, stderr });
    }),
  );
  const seen = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const watch = () => {
        const match = pattern.exec(stdout + stderr);
        if (match) resolve(match);
      };
      watchers.add(watch);
      watch();
      void finished.then((result) => reject(new Error(`ended before ${pattern}: ${JSON.stringify(result)}`)));
    });
  return { process: child, seen, finished };
}

/** What Node reads when it starts: it takes a process of its own. */
const READ_AT_START = /^(NODE_|UV_|FORCE_COLOR$|NO_COLOR$|DEBUG$|TZ$|LANG$|LC_)/;

/**
 * Runs the built command line to its end, in a process that runs one command after another: for what processes themselves do (signals,
 * crashes, modules that changed meanwhile), use `startCli`.
 */
export async function runCli(args: string[], cwd: string, env: Record<string, string> = {}): Promise<CliResult> {
  if (Object.keys(env).some((name) => READ_AT_START.test(name))) return startCli(args, cwd, env).finished;
  const result = await runWarm({ args, cwd, env: { ...commandEnvironment(cwd), ...env } });
  demandDescribed(args, result.stdout);
  return result;
}

function demandDescribed(args: readonly string[], stdout: string): void {
  const fault = faultOfOutput(args, stdout);
  if (fault !== undefined) noteFault(fault);
}
