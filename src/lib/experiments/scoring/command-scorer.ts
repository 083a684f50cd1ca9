import { spawn, type ChildProcess } from "node:child_process";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { scorerDirection } from "../../base/stats/metric-directions.js";
import { childEnvironment } from "../../base/config/mlflow-environment.js";
import { toInput, toOutput, toScore } from "./custom.js";
import { withinTime } from "./deadline.js";
import { scorerFailed } from "./scorer-failed.js";
import type { Scorer } from "./scorer.js";

/** A score and its explanation need far less; a command that prints more has gone wrong. */
const MOST_OUTPUT_BYTES = 1024 * 1024;
const COMPLAINT_CHARACTERS = 300;

/**
 * A scorer that is a command of the shell: it reads {"sample", "completion"} as JSON on standard input and prints what a module's
 * function would give. Throws SCORER_FAILED, with the end of its standard error, where it fails, prints no JSON or too much of it,
 * or takes too long; then the command and what it started are ended.
 */
export function commandScorer(command: string): Scorer {
  const name = basename(command.trim().split(/\s+/)[0] ?? "command").replace(/\.\w+$/, "");
  return {
    name,
    kind: "mean",
    direction: scorerDirection(name),
    score(sample, completion, context) {
      const child = spawn(command, {
        ...{ shell: true, stdio: ["pipe", "pipe", "pipe"], env: childEnvironment({}) },
        detached: process.platform !== "win32", // a group of its own, so that what it started ends with it
      });
      const input = JSON.stringify({ sample: toInput(sample), completion: toOutput(completion) });
      return withinTime(
        async () => toScore(parse(await outputOf(child, input))),
        context,
        () => endGroup(child),
      );
    },
  };
}

function outputOf(child: ChildProcess, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    let size = 0;
    let complaint = "";
    (child.stdout as Readable).on("data", (data: Buffer) => {
      size += data.length;
      if (size <= MOST_OUTPUT_BYTES) return void output.push(data);
      endGroup(child);
      reject(scorerFailed(`it printed more than ${MOST_OUTPUT_BYTES / 1024} KiB`));
    });
    (child.stderr as Readable).on("data", (data: Buffer) => {
      complaint = `${complaint}${data.toString("utf8")}`.slice(-COMPLAINT_CHARACTERS);
    });
    child.on("error", (error) => reject(scorerFailed(`it cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString("utf8"));
      else reject(scorerFailed(`it ended with ${code ?? signal}${complaint === "" ? "" : `: ${complaint.trim()}`}`));
    });
    child.stdin?.on("error", () => undefined); // a command that does not read its input is not a failure
    child.stdin?.end(input);
  });
}

/** The command and all it started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw scorerFailed(`it printed no JSON: ${JSON.stringify(output.slice(0, 100))}`);
  }
}
