import type { Settings } from "../../lib/base/config/settings.js";
import { describeThreads } from "../../lib/inference/engine/step-threads.js";
import { messageOf } from "../../lib/base/errors/llmops-error.js";
import { ModelPool } from "../../lib/serving/server/model-pool.js";
import type { ModelSource } from "../../lib/serving/server/model-source.js";
import type { Service } from "../../lib/serving/server/service.js";
import type { Host } from "../host/host.js";
import { findSources, openSource, type ReferencedSource } from "./model-sources.js";

const BYTES_OF_MB = 1_000_000;

/** The sources of a server, before anything is loaded. */
export interface FoundModels {
  models: ReferencedSource[];
  /** Models, the default first, and adapters. */
  sources: [ModelSource, ...ModelSource[]];
}

/** What the settings name; undefined where nothing runs in this process. Throws what opening files throws. */
export async function findModels(settings: Settings, host: Host): Promise<FoundModels | undefined> {
  const { models, adapters } = await findSources(settings, host);
  const [first, ...others] = [...models.map(({ source }) => source), ...adapters];
  return first && { models, sources: [first, ...others] };
}

/** Loads the default model and has the service answer with all. Throws what loading throws. */
export async function serveModels(
  { sources }: FoundModels,
  settings: Settings,
  { service, signal, log }: { service: Service; signal: AbortSignal; log: (message: string) => void },
): Promise<ModelPool> {
  const { callMetrics } = service;
  const memoryMb = settings["models.cache_memory_mb"];
  const pool = new ModelPool(
    sources,
    { capacity: settings["models.cache_size"], memoryBytes: memoryMb === undefined ? undefined : memoryMb * BYTES_OF_MB },
    {
      onHit: (source) => callMetrics.noteModelHit(source),
      onLoad: (source, model, seconds) => {
        callMetrics.modelLoaded(source, model, seconds);
        model.onThreads((threads) => log(`Threads of ${source.id}: ${describeThreads(threads)}.`));
        service.tracking?.recordLoad(model, seconds);
        if (source.id !== sources[0].id) log(`Loaded ${source.id} (${seconds.toFixed(1)} s).`);
      },
      onFailure: (source, error) => {
        callMetrics.noteLoadFailure(source);
        if (service.pool) log(`${source.id} could not be loaded: ${messageOf(error)}`);
      },
      onUnload: (source, why) => {
        callMetrics.modelUnloaded(source, why);
        log(why === "room" ? `Closed ${source.id}.` : `Closed ${source.id}: there is a newer version.`);
      },
    },
  );
  (await pool.borrow(pool.defaultId, signal)).release();
  service.serveModels(pool);
  return pool;
}

/** Has newer versions of models:/ references take over, until the signal aborts. */
export function followReferences(
  { models }: FoundModels,
  pool: ModelPool,
  { settings, host, log }: { settings: Settings; host: Host; log: (message: string) => void },
): void {
  const moving = models.filter(({ model }) => model.reference.startsWith("models:/"));
  const everyMs = settings["models.reload_interval"] * 1000;
  if (moving.length === 0 || everyMs === 0) return;
  let current = moving;
  const poll = async () => {
    const next: ReferencedSource[] = [];
    for (const one of current) next.push(await takeOver(one, pool, { settings, host, log }));
    current = next;
  };
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(() => void poll().finally(() => (host.signal.aborted ? undefined : again())), everyMs);
    timer.unref();
  };
  again();
  host.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** The source as it stands now; a version that is away or cannot be loaded leaves the old one. */
async function takeOver(
  known: ReferencedSource,
  pool: ModelPool,
  { settings, host, log }: { settings: Settings; host: Host; log: (message: string) => void },
): Promise<ReferencedSource> {
  const { id } = known.source;
  try {
    const found = await openSource({ ...known.model, name: id }, settings, host);
    if (found.source.identity === known.source.identity) return known;
    await pool.replace(found.source);
    log(`${id} is now ${found.file.path} (${known.model.reference}).`);
    return found;
  } catch (error) {
    if (!host.signal.aborted) log(`${id} stays as it is; ${known.model.reference}: ${messageOf(error)}`);
    return known;
  }
}
