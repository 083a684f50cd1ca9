import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Engine } from "../../src/lib/inference/engine/engine.js";
import { demoServer } from "./demo-server.js";
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
  const online = demoServer({ open: () => toolModel(undefined, folder), contextSize: 1024, options: { strictFields: true } });
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    get baseUrl() {
      return `${online.url}/v1`;
    },
    get engine() {
      return online.engine;
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
