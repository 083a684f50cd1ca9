import { afterAll, beforeAll } from "vitest";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";
import type { AppOptions } from "../../src/lib/serving/server/create-app.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

/** A server with a model, for as long as the tests of a file run. */
export interface ModelOnline {
  readonly url: string;
  readonly engine: Engine;
}

interface Setup {
  /** The demo model when absent. */
  open?: () => Promise<ModelFile>;
  contextSize?: number;
  options?: AppOptions;
}

/** Starts a model with two slots and its server before the tests of a file, and closes both after them. */
export function demoServer({ open = () => openModelFile("demo"), contextSize = 512, options = {} }: Setup = {}): ModelOnline {
  let engine: Engine | undefined;
  let server: RunningServer | undefined;
  beforeAll(async () => {
    engine = await Engine.load(await open(), { slots: 2, contextSize, threads: 1 });
    server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, ...options });
  });
  afterAll(async () => {
    await server?.close();
    await engine?.close();
  });
  const there = <T>(value: T | undefined): T => {
    if (!value) throw new Error("the server has not been started");
    return value;
  };
  return {
    get url() {
      return there(server).url;
    },
    get engine() {
      return there(engine);
    },
  };
}
