import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { ModelPool, type ModelPoolOptions } from "./model-pool.js";
import type { ModelSource } from "./model-source.js";
import type { ServedModel } from "./served-model.js";

const never = new AbortController().signal;

/** A pool whose models only know their names, with what happened to them. */
function poolOf(ids: string[], options: Partial<ModelPoolOptions> = {}, load?: (id: string, base?: ServedModel) => Promise<void>) {
  const happened: string[] = [];
  const model = (id: string) =>
    ({
      model: id,
      close: () => {
        happened.push(`closed ${id}`);
        return Promise.resolve();
      },
    }) as unknown as ServedModel;
  const sourceOf = (id: string, identity = id): ModelSource => {
    const [name = "", version] = id.split(":");
    return {
      ...{ name, version: version ?? "base", id, identity, memoryBytes: 100, ...(version !== undefined && { base: name }) },
      async load(base) {
        happened.push(`loading ${identity}`);
        await load?.(id, base);
        return model(identity);
      },
    };
  };
  const [first, ...rest] = ids.map((id) => sourceOf(id)) as [ModelSource, ...ModelSource[]];
  const hits: string[] = [];
  const pool = new ModelPool([first, ...rest], { capacity: 2, ...options }, { onHit: ({ id }) => void hits.push(id) });
  const use = async (id: string) => {
    const lease = await pool.borrow(pool.find(id).id, never);
    lease.release();
    return lease.model.model;
  };
  return { pool, happened, hits, use, sourceOf };
}

function loadedIn(pool: ModelPool): string[] {
  return pool.models.filter(({ model }) => model).map(({ source }) => source.id);
}

describe("ModelPool", () => {
  it("loads a model when it is first asked for, once for all who wait", async () => {
    const { use, happened, hits } = poolOf(["a", "b"]);
    expect(happened).toEqual([]);
    expect(await Promise.all([use("b"), use("b"), use("b")])).toEqual(["b", "b", "b"]);
    await use("b");
    expect([happened, hits]).toEqual([["loading b"], ["b", "b", "b"]]);
  });

  it("closes the one unused for longest to make room, and never the default", async () => {
    const { pool, use, happened } = poolOf(["a", "b", "c", "d"], { capacity: 3 });
    for (const id of ["a", "b", "c", "b", "d"]) await use(id);
    expect(happened.filter((what) => what.startsWith("closed"))).toEqual(["closed c"]);
    expect(loadedIn(pool)).toEqual(["a", "b", "d"]);
  });

  it("with room for one changes even the default", async () => {
    const { pool, use } = poolOf(["a", "b"], { capacity: 1 });
    for (const id of ["a", "b", "a"]) await use(id);
    expect(loadedIn(pool)).toEqual(["a"]);
  });

  it("waits for a model in use, and those who ask for that one next wait behind", async () => {
    const { pool, use, happened } = poolOf(["a", "b", "c"]);
    await use("a");
    const busy = await pool.borrow("b", never);
    const order: string[] = [];
    const c = use("c").then(() => order.push("c"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const b = use("b").then(() => order.push("b"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(happened).toEqual(["loading a", "loading b"]);
    busy.release();
    await Promise.all([b, c]);
    expect(order).toEqual(["c", "b"]);
    expect(happened).toEqual(["loading a", "loading b", "closed b", "loading c", "closed c", "loading b"]);
  });

  it("lets a request go that waits too long, and the model is loaded for the next", async () => {
    let finish = () => undefined as unknown;
    const { pool, use, hits } = poolOf(["a"], {}, () => new Promise((resolve) => (finish = () => resolve())));
    const impatient = new AbortController();
    const waiting = pool.borrow("a", impatient.signal);
    await Promise.resolve();
    impatient.abort(new Error("too long"));
    await expect(waiting).rejects.toThrow("too long");
    const next = use("a");
    await new Promise((resolve) => setTimeout(resolve, 5));
    finish();
    expect(await next).toBe("a");
    expect(hits).toEqual(["a"]);
  });

  it("loads again after a failure", async () => {
    let failing = true;
    const { use, happened } = poolOf(["a"], {}, () => (failing ? Promise.reject(new Error("broken")) : Promise.resolve()));
    await expect(use("a")).rejects.toThrow("broken");
    failing = false;
    expect(await use("a")).toBe("a");
    expect(happened).toEqual(["loading a", "loading a"]);
  });

  it("puts an adapter on its model, which stays until the adapter goes", async () => {
    const bases: string[] = [];
    const { pool, use, happened } = poolOf(["a", "b", "b:x", "c"], { capacity: 3 }, (_, base) => {
      if (base) bases.push(base.model);
      return Promise.resolve();
    });
    for (const id of ["a", "b:x"]) await use(id);
    expect([bases, loadedIn(pool)]).toEqual([["b"], ["a", "b", "b:x"]]);
    await use("c");
    expect(happened.slice(3)).toEqual(["closed b:x", "loading c"]);
    await pool.close();
    expect(happened.slice(5).sort()).toEqual(["closed a", "closed b", "closed c"]);
  });

  it("has room for an adapter and its model beside the default, however few may be loaded", async () => {
    const { use, pool } = poolOf(["a", "b:x", "b"], { capacity: 2 });
    await use("a");
    expect(await use("b:x")).toBe("b:x");
    expect(await use("b")).toBe("b");
    expect(loadedIn(pool)).toEqual(["a", "b:x", "b"]);
  });

  it("keeps to the memory it may take", async () => {
    const { pool, use } = poolOf(["a", "b", "c"], { capacity: 9, memoryBytes: 250 });
    for (const id of ["a", "b", "c"]) await use(id);
    expect(loadedIn(pool)).toEqual(["a", "c"]);
    const small = poolOf(["a", "b"], { capacity: 9, memoryBytes: 150 });
    await small.use("a");
    expect(await errorOf(() => small.use("b"))).toMatchObject({ code: "OUT_OF_MEMORY" });
  });

  it("closes others where the machine's memory does not suffice", async () => {
    let room = 2;
    const { use, happened } = poolOf(["a", "b", "c"], { capacity: 9 }, () => {
      if (room > 0) return Promise.resolve(void room--);
      room = 1;
      return Promise.reject(new LlmopsError("OUT_OF_MEMORY", "full"));
    });
    for (const id of ["a", "b", "c"]) await use(id);
    expect(happened).toEqual(["loading a", "loading b", "loading c", "closed b", "loading c"]);
  });

  it("lets a newer version take over without a pause, and keeps the old one where that cannot be loaded", async () => {
    let broken = false;
    const { pool, use, happened, sourceOf } = poolOf(["a", "a:x"], { capacity: 3 }, () =>
      broken ? Promise.reject(new Error("broken")) : Promise.resolve(),
    );
    await use("a:x");
    const running = await pool.borrow("a", never);
    const before = pool.identity;
    await pool.replace(sourceOf("a", "a2"));
    expect(await use("a")).toBe("a2");
    expect(pool.identity).not.toBe(before);
    expect(happened).not.toContain("closed a");
    running.release();
    await expect.poll(() => happened).toContain("closed a");
    expect(happened).toContain("closed a:x");
    broken = true;
    await expect(pool.replace(sourceOf("a", "a3"))).rejects.toThrow("broken");
    expect(await use("a")).toBe("a2");
  });

  it("finds models by id and by name with an adapter; a single one by any name", () => {
    const { pool } = poolOf(["a", "a:x", "b"]);
    expect([pool.find(), pool.find("b"), pool.find("a:x"), pool.find("a", "x"), pool.find("b", "base")].map(({ id }) => id)).toEqual([
      ...["a", "b", "a:x", "a:x", "b"],
    ]);
    for (const [name, version] of [["gpt-4"], ["b", "x"], ["c:x"]]) expect(() => pool.find(name, version)).toThrow(LlmopsError);
    expect(poolOf(["a"]).pool.find("gpt-4").id).toBe("a");
  });
});
