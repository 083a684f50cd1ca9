import { expect, it } from "vitest";
import type { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import type { GrammarThread as Thread } from "../../src/lib/inference/engine/grammar-thread.js";
import { makeGrammar, type GrammarTask } from "../../src/lib/inference/engine/make-grammar.js";

const DIST = new URL("../../dist/lib/inference/engine/grammar-thread.js", import.meta.url).href;
const { GrammarThread } = (await import(DIST)) as { GrammarThread: typeof Thread };

const texts = Array.from({ length: 2000 }, (_, i) => `a long text with the number ${i}`);
const LARGE = { type: "object", properties: { a: { type: "string", not: { enum: texts } } }, required: ["a"] };

it("makes the grammar of a large schema beside the event loop, and the same one", async () => {
  const task = { kind: "format", format: { type: "json_schema", schema: LARGE }, param: "response_format" } satisfies GrammarTask;
  let [turns, isDone] = [0, false];
  const turn = () => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  turn();
  const made = await new GrammarThread().make(task);
  isDone = true;
  expect(turns).toBeGreaterThan(20);
  expect({ made }).toEqual(makeGrammar(task));
});

it("refuses in the thread as it does here", async () => {
  const format = { type: "json_schema", schema: { type: "object", minProperties: "x" } } as const;
  const thrown: unknown = await new GrammarThread()
    .make({ kind: "format", format, param: "response_format" })
    .catch((error: unknown) => error);
  const error = thrown as LlmopsError;
  expect(makeGrammar({ kind: "format", format, param: "response_format" })).toEqual({
    refused: { code: error.code, message: error.message, hint: error.hint, param: "response_format" },
  });
});
