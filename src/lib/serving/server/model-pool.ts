import { LlmopsError } from "../../base/errors/llmops-error.js";
import { formatSize } from "../../inference/models/format-size.js";
import { unlessAborted } from "../../inference/openai/follow-signal.js";
import { LeasedModel, type Lease } from "./leased-model.js";
import { findSource, type ModelSource } from "./model-source.js";
import type { ServedModel } from "./served-model.js";

/** What is heard of models as they come and go. */
export interface ModelPoolEvents {
  onHit?: (source: ModelSource) => void;
  onLoad?: (source: ModelSource, model: ServedModel, seconds: number) => void;
  onFailure?: (source: ModelSource, error: unknown) => void;
  /** It was closed to make room, or for a newer version. */
  onUnload?: (source: ModelSource, why: "room" | "newer") => void;
}

export interface ModelPoolOptions {
  /** Most models and adapters loaded at a time. */
  capacity: number;
  /** Bytes they may need together, as estimated; without limit when absent. */
  memoryBytes?: number | undefined;
}

interface Place {
  source: ModelSource;
  held: LeasedModel | undefined;
  loading: Promise<LeasedModel> | undefined;
  /** Requests that wait for it to be loaded: it is not closed under them. */
  awaited: number;
  /** What an adapter holds of its base. */
  baseLease: Lease | undefined;
}

/**
 * Several models by name, loaded when they are first asked for. When there are too many, the one unused for longest goes; one that is
 * being used never does, and the first, the default, stays. Models are loaded one after the other.
 */
export class ModelPool {
  readonly defaultId: string;
  private readonly places: Map<string, Place>;
  private readonly options: ModelPoolOptions;
  private readonly events: ModelPoolEvents;
  private queue: Promise<unknown> = Promise.resolve();
  /** Set while a model waits for another to become idle. */
  private wakeWaiting: (() => void) | undefined;
  private closed = false;

  /** The first source is the default. */
  constructor(sources: readonly [ModelSource, ...ModelSource[]], options: ModelPoolOptions, events: ModelPoolEvents = {}) {
    this.defaultId = sources[0].id;
    this.options = options;
    this.events = events;
    const empty = { held: undefined, loading: undefined, awaited: 0, baseLease: undefined };
    this.places = new Map(sources.map((source) => [source.id, { ...empty, source }]));
  }

  /** Every source with what of it is loaded. */
  get models(): { source: ModelSource; model: ServedModel | undefined }[] {
    return [...this.places.values()].map(({ source, held }) => ({ source, model: held?.model }));
  }

  /** The default model, where it is loaded. */
  get defaultModel(): ServedModel | undefined {
    return this.places.get(this.defaultId)?.held?.model;
  }

  /** A pool with one model that is there already. */
  static holding(model: ServedModel, version: string): ModelPool {
    const source: ModelSource = {
      ...{ name: model.model, version, id: model.model, identity: model.identity ?? model.location, memoryBytes: model.facts.memoryBytes },
      load: () => Promise.resolve(model),
    };
    const pool = new ModelPool([source], { capacity: 1 });
    pool.placeOf(source.id).held = new LeasedModel(model, () => undefined);
    return pool;
  }

  /** What tells the answers of these models from others: changes with each newer version. */
  get identity(): string {
    return [...this.places.values()].map(({ source }) => `${source.id}=${source.identity}`).join(",");
  }

  /** The source a request means; see `findSource`. Throws MODEL_NOT_FOUND. */
  find(asked?: string, version?: string): ModelSource {
    const sources = [...this.places.values()].map(({ source }) => source);
    return findSource(sources, { name: asked ?? this.defaultId, version });
  }

  /** A model to use until it is released, loaded first where it is not. Throws what loading throws, and the signal's reason. */
  async borrow(id: string, signal: AbortSignal): Promise<Lease> {
    const place = this.placeOf(id);
    signal.throwIfAborted();
    // a model that waits for room would wait for ever if the others never became idle
    if (this.wakeWaiting && !this.isPinned(place)) await unlessAborted(this.queue, signal);
    if (place.held) {
      this.events.onHit?.(place.source);
      return place.held.lease();
    }
    if (place.loading) this.events.onHit?.(place.source);
    place.awaited++;
    try {
      const held = await unlessAborted(this.loadInTurn(place), signal);
      return held.lease();
    } finally {
      place.awaited--;
      // who gave up waiting uses nothing that could become idle later
      if (this.placeOf(id).held?.isIdle) this.wakeWaiting?.();
    }
  }

  /**
   * Serves another version under the same id: loads it while the old one goes on answering, then closes that when its last request is
   * done. A version that cannot be loaded changes nothing, and what loading throws is thrown.
   */
  async replace(source: ModelSource): Promise<void> {
    const place = this.placeOf(source.id);
    await this.inTurn(async () => {
      const old = place.held;
      if (!old) {
        place.source = source;
        return;
      }
      const held = await this.open(source, undefined);
      const adapters = [...this.places.values()].filter((other) => other.source.base === source.id);
      Object.assign(place, { source, held });
      this.events.onUnload?.(source, "newer");
      for (const adapter of adapters) void this.unload(adapter, "newer");
      void old.retire();
    });
  }

  /** Waits for those who use models, and closes all. */
  async close(): Promise<void> {
    this.closed = true;
    this.wakeWaiting?.();
    await this.queue.catch(() => undefined);
    const loaded = [...this.places.values()].sort((a, b) => Number(b.source.base !== undefined) - Number(a.source.base !== undefined));
    for (const place of loaded) await this.unload(place);
  }

  private placeOf(id: string): Place {
    const place = this.places.get(id);
    if (place) return place;
    throw new RangeError(`${id} has no place in the pool`);
  }

  private isPinned({ source }: Place): boolean {
    return source.id === this.defaultId && this.options.capacity > 1;
  }

  private loadInTurn(place: Place): Promise<LeasedModel> {
    place.loading ??= this.inTurn(() => this.load(place)).finally(() => (place.loading = undefined));
    return place.loading;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.queue.then(work);
    this.queue = mine.catch(() => undefined);
    return mine;
  }

  private async load(place: Place): Promise<LeasedModel> {
    if (place.held) return place.held; // loaded meanwhile, for an adapter
    const base = place.source.base === undefined ? undefined : this.placeOf(place.source.base);
    if (base) base.awaited++;
    try {
      const held = base && (base.held ?? (await this.load(base)));
      await this.makeRoom(place);
      place.held = await this.open(place.source, held?.model, place);
      place.baseLease = held?.lease();
      return place.held;
    } finally {
      if (base) base.awaited--;
    }
  }

  /** Loads; where the memory does not suffice, in place of others. */
  private async open(source: ModelSource, base: ServedModel | undefined, place?: Place): Promise<LeasedModel> {
    const begun = performance.now();
    for (;;) {
      this.refuseClosed();
      try {
        const model = await source.load(base);
        this.events.onLoad?.(source, model, (performance.now() - begun) / 1000);
        return new LeasedModel(model, () => this.wakeWaiting?.());
      } catch (error) {
        const short = error instanceof LlmopsError && error.code === "OUT_OF_MEMORY";
        if (!short || !place || !(await this.evictOne(place))) {
          this.events.onFailure?.(source, error);
          throw error;
        }
      }
    }
  }

  private async makeRoom(place: Place): Promise<void> {
    while (this.isFull(place)) {
      if (await this.evictOne(place)) continue;
      if (!this.isOverMemory(place)) return; // what is left cannot go: the default, or the base of an adapter
      const { memoryBytes = 0 } = this.options;
      const error = new LlmopsError(
        "OUT_OF_MEMORY",
        `${place.source.id} needs about ${formatSize(place.source.memoryBytes)}; of ${formatSize(memoryBytes)} for models too little is left.`,
        { hint: "Raise models.cache_memory_mb, or use smaller models or contexts." },
      );
      this.events.onFailure?.(place.source, error);
      throw error;
    }
  }

  private isFull(place: Place): boolean {
    return this.loaded(place).length >= this.options.capacity || this.isOverMemory(place);
  }

  private isOverMemory(place: Place): boolean {
    const used = this.loaded(place).reduce((sum, { source }) => sum + source.memoryBytes, 0);
    return used + place.source.memoryBytes > (this.options.memoryBytes ?? Infinity);
  }

  private loaded(except: Place): Place[] {
    return [...this.places.values()].filter((place) => place !== except && place.held !== undefined);
  }

  /** Closes the model unused for longest, after waiting for one to be unused; false where none may go. */
  private async evictOne(wanting: Place): Promise<boolean> {
    for (;;) {
      this.refuseClosed();
      const able = this.loaded(wanting).filter((place) => !this.isPinned(place) && place.source.id !== wanting.source.base);
      // a base goes after its adapters
      const free = able.filter((place) => !this.loaded(wanting).some(({ source }) => source.base === place.source.id));
      if (free.length === 0) return false;
      const [idle] = free
        .filter(({ held, awaited }) => held?.isIdle === true && awaited === 0)
        .sort((a, b) => (a.held?.usedAt ?? 0) - (b.held?.usedAt ?? 0));
      if (idle) {
        await this.unload(idle, "room");
        return true;
      }
      await new Promise<void>((resolve) => (this.wakeWaiting = resolve));
      this.wakeWaiting = undefined;
    }
  }

  private async unload(place: Place, why?: "room" | "newer"): Promise<void> {
    const { held, baseLease } = place;
    if (!held) return;
    Object.assign(place, { held: undefined, baseLease: undefined });
    if (why) this.events.onUnload?.(place.source, why);
    await held.retire();
    baseLease?.release();
  }

  private refuseClosed(): void {
    if (this.closed) throw new LlmopsError("SHUTTING_DOWN", "The server is shutting down.", { hint: "Start it again." });
  }
}
