import console from "node:console";
import { afterEach, expect, it, vi } from "vitest";
import { withoutAbortedMessages } from "./library-messages.js";

const MESSAGE = "[node-llama-cpp] Failed to load a prebuilt binary. Error:";

/** The console, with functions as values. */
const output: { error: (...parts: unknown[]) => void } = console;

afterEach(() => void vi.restoreAllMocks());

it("keeps quiet of what an interrupted start of the library says, and of nothing else", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const own = output.error;
  const [interrupted, other] = [new AbortController(), new AbortController()];
  let finish = (): void => undefined;
  const going = withoutAbortedMessages(other.signal, () => new Promise<void>((resolve) => (finish = resolve)));
  await withoutAbortedMessages(interrupted.signal, async () => {
    console.error(MESSAGE, new Error("before"));
    interrupted.abort();
    console.error(MESSAGE, new Error("Binding binary test failed"));
    console.error("another message");
    await Promise.resolve();
  });
  console.error(MESSAGE, new Error("of the other"));
  finish();
  await going;
  expect(said.mock.calls.map(([text, error]) => (error instanceof Error ? error.message : (text as string)))).toEqual([
    "before",
    "another message",
    "of the other",
  ]);
  expect(output.error).toBe(own);
});

it("lets the console be as it was where the start fails", async () => {
  const own = output.error;
  await expect(withoutAbortedMessages(undefined, () => Promise.reject(new Error("no library")))).rejects.toThrow("no library");
  expect(output.error).toBe(own);
});
