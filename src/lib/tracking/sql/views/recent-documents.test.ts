import { afterEach, describe, expect, it, vi } from "vitest";
import { RecentDocuments } from "./recent-documents.js";

const document = (text: string) => Buffer.from(`{"is_current":true,"text":"${text}"}`);
const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString("utf8")) as { is_current: boolean; text: string };

/** A store whose state and whose time to answer are set by hand. */
function store() {
  const state = { version: 1, takesMs: 0, made: 0, now: 0 };
  vi.spyOn(performance, "now").mockImplementation(() => state.now);
  const make = async () => {
    const bytes = document(`state ${state.version}`);
    state.made++;
    state.now += state.takesMs;
    return bytes;
  };
  const recent = new RecentDocuments(async () => String(state.version));
  return { state, ask: async (name = "a", how: () => Promise<Uint8Array> = make) => read(await recent.get(name, how)) };
}

afterEach(() => void vi.restoreAllMocks());

describe("documents that are long in the making", () => {
  it("are made once for each state of the store", async () => {
    const { state, ask } = store();
    await ask();
    expect(await ask()).toEqual({ is_current: true, text: "state 1" });
    expect(state.made).toBe(1);
    state.version = 2;
    expect(await ask()).toEqual({ is_current: true, text: "state 2" });
    expect(state.made).toBe(2);
  });

  it("are given of a state that is over where they are slow, say so, and are made anew after a rest", async () => {
    const { state, ask } = store();
    state.takesMs = 500;
    await ask();
    state.version = 2;
    expect(await ask()).toEqual({ is_current: false, text: "state 1" });
    expect(state.made).toBe(1);
    state.now += 5000;
    expect(await ask()).toEqual({ is_current: false, text: "state 1" });
    expect(state.made).toBe(2);
    await vi.waitFor(async () => expect(await ask()).toEqual({ is_current: true, text: "state 2" }));
  });

  it("are not given where they are a minute old", async () => {
    const { state, ask } = store();
    state.takesMs = 500;
    await ask();
    state.version = 2;
    state.now += 60_000;
    expect(await ask()).toEqual({ is_current: true, text: "state 2" });
  });

  it("are made once for all who ask at the same time, unless the store was written to meanwhile", async () => {
    const { state, ask } = store();
    const ends: (() => void)[] = [];
    const make = async () => {
      const bytes = document(`state ${state.version}`);
      state.made++;
      await new Promise<void>((resolve) => ends.push(resolve));
      return bytes;
    };
    const first = [ask("a", make), ask("a", make)];
    await vi.waitFor(() => expect(state.made).toBe(1));
    state.version = 2;
    const second = ask("a", make);
    await vi.waitFor(() => expect(state.made).toBe(2));
    for (const end of ends) end();
    expect((await Promise.all(first)).map(({ text }) => text)).toEqual(["state 1", "state 1"]);
    expect((await second).text).toBe("state 2");
  });

  it("are asked for once more where making them fails, and the failure is told", async () => {
    const { state, ask } = store();
    state.takesMs = 500;
    await ask();
    state.version = 2;
    state.now += 10_000;
    const fail = () => Promise.reject(new Error("the store is away"));
    expect((await ask("a", fail)).is_current).toBe(false);
    await vi.waitFor(() => expect(ask("a", fail)).rejects.toThrow("the store is away"));
  });
});
