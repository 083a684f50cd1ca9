import { spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import type { RunStatus } from "../../tracking/records.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import { SystemProbe } from "./system-metrics.js";

export interface CommandOptions {
  command: string;
  args: readonly string[];
  run: TrackedRun;
  /** The child's whole environment. */
  environment: NodeJS.ProcessEnv;
  /** Pause between two readings of the machine; none without. */
  systemIntervalMs: number | undefined;
  /** Gets the child's output as it comes. */
  onOutput: (stream: "stdout" | "stderr", data: Buffer) => void;
  /** Aborts when the command is to stop, ... */
  signal: AbortSignal;
  /** ... and what the child is sent then; nothing when it has been told already, as by Ctrl+C on a terminal. */
  passOn: () => NodeJS.Signals | undefined;
}

export interface CommandOutcome {
  status: RunStatus;
  /** As a shell reports it: 128 + the signal's number for a child that a signal ended. */
  exitCode: number;
  signal: NodeJS.Signals | null;
  /** The end of what it printed. */
  tail: string;
}

/** Kept of the output for the artifact: its end, where the reason of a failure stands. */
const OUTPUT_BYTES = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 2000;
/**
 * Runs a command as an MLflow run: its output becomes the artifact logs/output.log, the machine's load becomes
 * system metrics, its exit status the run's: FINISHED for 0, KILLED for a signal, FAILED otherwise.
 * Throws INVALID_ARGUMENT for a command that cannot be started.
 */
export async function runTrackedCommand(options: CommandOptions): Promise<CommandOutcome> {
  const { run, systemIntervalMs, signal } = options;
  const output = new OutputTail(OUTPUT_BYTES);
  const done = new AbortController();
  const watching = systemIntervalMs === undefined ? Promise.resolve() : watchSystem(run, systemIntervalMs, done.signal);
  try {
    const { code, signal: endedBy } = await runChild(options, output);
    const status = endedBy !== null || signal.aborted ? "KILLED" : code === 0 ? "FINISHED" : "FAILED";
    const exitCode = endedBy === null ? (code ?? 1) : 128 + constants.signals[endedBy];
    run.artifact("logs/output.log", output.bytes());
    run.log({ tags: { "llmops.exit_code": String(exitCode) } });
    run.end(status);
    return { status, exitCode, signal: endedBy, tail: output.bytes().toString("utf8").slice(-TAIL_CHARACTERS) };
  } catch (error) {
    run.end("FAILED");
    throw error;
  } finally {
    done.abort();
    await watching;
  }
}

function runChild({ command, args, environment, onOutput, passOn, signal: stop }: CommandOptions, output: OutputTail) {
  return new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    const child = spawn(command, [...args], { env: environment, stdio: ["inherit", "pipe", "pipe"] });
    const take = (stream: "stdout" | "stderr") => (data: Buffer) => {
      output.add(data);
      onOutput(stream, data);
    };
    child.stdout.on("data", take("stdout"));
    child.stderr.on("data", take("stderr"));
    const pass = () => {
      const signal = passOn();
      if (signal !== undefined) child.kill(signal);
    };
    stop.addEventListener("abort", pass, { once: true });
    child.on("error", (cause) => reject(cannotStart(command, cause)));
    child.on("close", (code, signal) => {
      stop.removeEventListener("abort", pass);
      resolve({ code, signal });
    });
  });
}

async function watchSystem(run: TrackedRun, intervalMs: number, stop: AbortSignal): Promise<void> {
  const probe = new SystemProbe();
  for (let step = 0; !stop.aborted; step++) {
    await sleep(step === 0 ? Math.min(1000, intervalMs) : intervalMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    const reading = await probe.read();
    run.log({ metrics: Object.entries(reading).map(([key, value]) => ({ key, value, step })) });
  }
}

function cannotStart(command: string, cause: unknown): LlmopsError {
  const why = systemCodeOf(cause) === "ENOENT" ? "there is no such command" : messageOf(cause);
  return new LlmopsError("INVALID_ARGUMENT", `${command} cannot be started: ${why}.`, {
    hint: "Write the command after --, as you would type it.",
    cause,
  });
}

/** The last bytes of an output. */
class OutputTail {
  private readonly limit: number;
  private chunks: Buffer[] = [];
  private length = 0;
  private dropped = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(data: Buffer): void {
    this.chunks.push(data);
    this.length += data.length;
    while (this.length - (this.chunks[0]?.length ?? 0) > this.limit) {
      const gone = this.chunks.shift()?.length ?? 0;
      this.length -= gone;
      this.dropped += gone;
    }
  }

  bytes(): Buffer {
    const note = this.dropped > 0 ? [Buffer.from(`[${this.dropped} bytes before this are not kept]\n`)] : [];
    return Buffer.concat([...note, ...this.chunks]);
  }
}
