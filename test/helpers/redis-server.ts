import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.js";
import { temporaryFolder } from "./temporary-folder.js";

export interface TestRedis {
  url: string;
  /** Ends it; what it held is gone. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  /** Stops it as it is, connections open, until what is returned is called. */
  pause(): () => void;
}

/** A real Redis on a free port, stopped when the test ends. */
export async function redisServer(): Promise<TestRedis> {
  const port = await freePort();
  const folder = temporaryFolder();
  let child: ReturnType<typeof spawn> | undefined;
  const start = async () => {
    child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder], { stdio: "ignore" });
    await untilReady(port);
  };
  const stop = async () => {
    const running = child;
    child = undefined;
    if (!running) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await ended;
  };
  await start();
  onTestFinished(stop);
  const pause = () => {
    child?.kill("SIGSTOP");
    return () => void child?.kill("SIGCONT");
  };
  return { url: `redis://127.0.0.1:${port}`, start, stop, pause };
}

async function untilReady(port: number): Promise<void> {
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 50, lazyConnect: true });
  client.on("error", () => undefined);
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await client.ping().catch(() => undefined);
      if (answer === "PONG") return;
      await sleep(50);
    }
    throw new Error(`redis-server did not answer on port ${port}.`);
  } finally {
    client.disconnect();
  }
}
