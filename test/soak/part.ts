import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { startCli } from "../helpers/run-cli.js";

const READY_MS = 60_000;
const LOOK_MS = 25;

/** A process of the soak, always at the same address and over the same state, and when it was not there. */
export class Part {
  readonly name: string;
  /** How long each start took, in milliseconds. */
  readonly starts: number[] = [];
  kills = 0;
  /** Starts that did not come to be ready, with what was said. */
  readonly failures: string[] = [];
  private readonly launch: () => ChildProcess;
  private readonly isReady: () => Promise<boolean>;
  /** Times of performance.now() from which to which it was away. */
  private readonly away: { from: number; to: number }[] = [{ from: 0, to: Infinity }];
  private child: ChildProcess | undefined;

  constructor(name: string, launch: () => ChildProcess, isReady: () => Promise<boolean>) {
    this.name = name;
    this.launch = launch;
    this.isReady = isReady;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const begun = performance.now();
    const child = this.launch();
    this.child = child;
    let said = "";
    child.stderr?.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
    while (!(await this.isReady().catch(() => false))) {
      if (child.exitCode !== null || performance.now() - begun > READY_MS) {
        this.failures.push(`${this.name} did not start (exit code ${child.exitCode}): ${said}`);
        return;
      }
      await sleep(LOOK_MS);
    }
    this.starts.push(performance.now() - begun);
    (this.away.at(-1) as { to: number }).to = performance.now();
  }

  /** kill -9, and a while later a start. */
  async killAndStart(awayMs: number): Promise<void> {
    this.kills++;
    await this.end("SIGKILL");
    await sleep(awayMs);
    await this.start();
  }

  /** Ends it; its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    this.away.push({ from: performance.now(), to: Infinity });
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  /** Whether it was away at some moment between two, or until `graceMs` before the first. */
  wasAway(from: number, to: number, graceMs = 0): boolean {
    return this.away.some((gap) => gap.from <= to && gap.to + graceMs >= from);
  }
}

/** A part that is a command of the built command line, ready when the path answers with 200. */
export function cliPart(name: string, args: string[], { folder, url }: { folder: string; url: string }): Part {
  return new Part(name, () => startCli(args, folder).process, answers(url));
}

/** A part that is another program. */
export function programPart(name: string, command: string[], isReady: () => Promise<boolean>): Part {
  return new Part(name, () => spawn(command[0] as string, command.slice(1), { stdio: ["ignore", "ignore", "pipe"] }), isReady);
}

/** Whether an address answers at all, and not with an error of the server. */
export function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).status < 500;
}
