import type { TrackingStore } from "./tracking-store.js";

/**
 * A store that cannot be opened now: every call tries again until it can, and throws what opening throws. The registry is reached in the
 * same way. `uri` is what the store will say of itself.
 */
export function openLater(uri: string, open: () => Promise<TrackingStore>): TrackingStore {
  let opening: Promise<TrackingStore> | undefined;
  let opened: TrackingStore | undefined;
  const reach = async (): Promise<TrackingStore> => {
    opening ??= open();
    try {
      return (opened = await opening);
    } finally {
      opening = undefined;
    }
  };
  const store = async () => opened ?? reach();
  return forward<TrackingStore>(store, {
    uri,
    registry: forward(async () => (await store()).registry, {}),
    loggedModels: forward(async () => (await store()).loggedModels, {}),
    traces: forward(async () => (await store()).traces, {}),
    artifacts: forward(async () => (await store()).artifacts, {}),
    confirm: async () => opened?.confirm(),
    abandon: () => opened?.abandon(),
    close: async () => opened?.close(),
  });
}

/** An object whose methods are those of another that is there later; `own` are members it has itself. */
function forward<T extends object>(find: () => Promise<T>, own: Partial<T>): T {
  return new Proxy(own as T, {
    get(_, name) {
      if (name in own) return own[name as keyof T];
      if (typeof name === "symbol" || name === "then") return undefined;
      return async (...args: unknown[]) => {
        const target = await find();
        return (target[name as keyof T] as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}
