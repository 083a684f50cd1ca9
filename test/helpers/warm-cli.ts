import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { noteFault } from "./faults.js";
import type { CliResult } from "./run-cli.js";

const HOST = fileURLToPath(new URL("warm-cli.mjs", import.meta.url));

interface Job {
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** As bin/run.cjs has it. */
const ORDERED = { UV_THREADPOOL_SIZE: "1" };

const idle: WarmProcess[] = [];

/** Runs a command in a process that has run others before; as many are kept as ran at once. A command that ends its process takes it along. */
export async function runWarm({ args, cwd, env }: Job): Promise<CliResult> {
  const job = { args, cwd, env: { ...env, ...ORDERED } };
  const warm = idle.pop() ?? new WarmProcess(job.env);
  const result = await warm.run(job);
  if (warm.isAlive) idle.push(warm);
  return result;
}

class WarmProcess {
  isAlive = true;
  private readonly child: ChildProcess;

  constructor(env: Job["env"]) {
    this.child = fork(HOST, { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.child.setMaxListeners(0);
    this.child.on("close", () => (this.isAlive = false));
    this.release();
  }

  /** Ends when both streams show the mark that is written after the command, or the process is over. */
  run(job: Job): Promise<CliResult> {
    const { child } = this;
    const mark = `\u0000${randomUUID()}\u0000`;
    const result: CliResult = { code: null, stdout: "", stderr: "" };
    this.hold();
    return new Promise((resolve) => {
      let isSaid = false;
      const readOut = (text: string) => void ((result.stdout += text), settle());
      const readErr = (text: string) => void ((result.stderr += text), settle());
      const listen = ({ code, left }: { code: number; left: readonly string[] }) => {
        result.code = code;
        if (left.length > 0)
          noteFault(`llmops ${job.args.join(" ")} was done, but ${left.join(", ")} would have kept its process from ending`);
        isSaid = true;
        settle();
      };
      const close = (code: number | null) => end({ ...result, code });
      const settle = () => {
        if (!isSaid || !result.stdout.endsWith(mark) || !result.stderr.endsWith(mark)) return;
        end({ ...result, stdout: result.stdout.slice(0, -mark.length), stderr: result.stderr.slice(0, -mark.length) });
      };
      const end = (ended: CliResult) => {
        child.stdout?.off("data", readOut);
        child.stderr?.off("data", readErr);
        child.off("message", listen).off("close", close);
        this.release();
        resolve(ended);
      };
      child.stdout?.setEncoding("utf8").on("data", readOut);
      child.stderr?.setEncoding("utf8").on("data", readErr);
      child.on("message", listen).on("close", close);
      child.send({ ...job, mark });
    });
  }

  /** The tests wait for it. */
  private hold(): void {
    this.child.ref();
    for (const stream of [this.child.stdout, this.child.stderr]) (stream as unknown as { ref(): void }).ref();
    this.child.channel?.ref();
  }

  /** The tests end without it. */
  private release(): void {
    this.child.unref();
    for (const stream of [this.child.stdout, this.child.stderr]) (stream as unknown as { unref(): void }).unref();
    this.child.channel?.unref();
  }
}
