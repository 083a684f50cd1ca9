import { join } from "node:path";
import { huggingFace } from "../../lib/base/config/environment.js";
import { cacheFolder } from "../../lib/base/config/mlflow-environment.js";
import type { PulledModel } from "../../lib/inference/engine/pull-model.js";
import type { Host } from "../host/host.js";
import { withByteProgress } from "./byte-progress.js";

/** Where pulled models are kept. */
export function pulledFolder(): string {
  return join(cacheFolder(), "models");
}

/** Downloads what an hf: reference names, unless it is there, with a bar of its own. */
export async function pull(reference: string, host: Host): Promise<PulledModel> {
  const { pullModel } = await import("../../lib/inference/engine/pull-model.js");
  return withByteProgress(host, undefined, (onBytes) => {
    let before = 0;
    const onProgress = (done: number) => {
      onBytes(done - before);
      before = done;
    };
    return pullModel(reference, { hub: huggingFace(), folder: pulledFolder(), signal: host.signal, onProgress });
  });
}

/** The file of an hf: reference: pulled before, or now. */
export async function resolveHubReference(reference: string, host: Host): Promise<string> {
  const { findPulled } = await import("../../lib/inference/engine/pull-model.js");
  return (await findPulled(reference, pulledFolder())) ?? (await pull(reference, host)).path;
}
