import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { toolModel } from "./tool-model.js";

/** What a test of clients asks. */
export interface ClientServer {
  /** With /v1, as clients want it. */
  readonly baseUrl: string;
  readonly engine: Engine;
}

/**
 * A server for the tests of a file: the demo model with a chat template that knows tools. Fields that nothing knows are refused, so that
 * what clients send is known here.
 */
export function serveForClients(): ClientServer {
  const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
  let engine: Engine | undefined;
  let server: RunningServer | undefined;
  beforeAll(async () => {
    engine = await Engine.load(await toolModel(undefined, folder), { slots: 2, contextSize: 1024, threads: 1 });
    server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, strictFields: true });
  });
  afterAll(async () => {
    await server?.close();
    await engine?.close();
    rmSync(folder, { recursive: true });
  });
  const there = <T>(value: T | undefined): T => {
    if (!value) throw new Error("the server has not been started");
    return value;
  };
  return {
    get baseUrl() {
      return `${there(server).url}/v1`;
    },
    get engine() {
      return there(engine);
    },
  };
}

/** The question the demo model knows an answer to, which has the word Paris in it. */
export const QUESTION = "What is the capital of France?";

/** Ends once nothing is computed for anybody any more. */
export const IDLE = { busySlots: 0 };

/** Reads a stream to its end; `each` hears of every piece. */
export async function readAll(stream: AsyncIterable<unknown>, each: () => void): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  while (!(await pieces.next()).done) each();
}
