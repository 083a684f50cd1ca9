import type { Llama, LlamaModel } from "node-llama-cpp";
import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { JsonGrammars } from "./json-grammar.js";

it("gives llama.cpp no grammar of tools that would hold it up", async () => {
  const given: string[] = [];
  const llama = { createGrammar: ({ grammar }: { grammar: string }) => Promise.resolve(given.push(grammar)) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const error = await errorOf(() => grammars.statesOf('root ::= ("a"?){600}', { param: "tools" }));
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "tools" });
  expect(error.message).toContain("ways at once");
  expect(given).toEqual([]);
  await grammars.statesOf('root ::= "a"', { param: "tools" });
  expect(given).toEqual(['root ::= "a"']);
});

it("makes a format's grammar once for requests of a caller that come at once, however many", async () => {
  let made = 0;
  const llama = { createGrammar: () => Promise.resolve({ made: ++made }) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const format = { type: "json_schema", schema: { type: "integer" } } as const;
  await Promise.all(Array.from({ length: 100 }, () => grammars.grammarFor(format, { param: "response_format", caller: "a" })));
  expect(made).toBe(1);
});

it("makes a grammar for the next request where the first one left", async () => {
  const open: ((grammar: object) => void)[] = [];
  const llama = { createGrammar: () => new Promise((resolve) => open.push(resolve)) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const ask = (schema: object, signal?: AbortSignal) =>
    grammars.grammarFor({ type: "json_schema", schema }, { param: "response_format", caller: "a", signal });
  const before = ask({ type: "integer" });
  const [left, joined] = [new AbortController(), new AbortController()];
  const same = { type: "null" };
  const first = ask(same, left.signal).catch(String);
  const second = ask(same, joined.signal).catch(String);
  const third = ask(same);
  await expect.poll(() => open).toHaveLength(1);
  joined.abort(new Error("gone too"));
  left.abort(new Error("gone"));
  expect([await first, await second]).toEqual(["Error: gone", "Error: gone too"]);
  open[0]?.({});
  await expect.poll(() => open).toHaveLength(2);
  open[1]?.({});
  await expect(Promise.all([before, third])).resolves.toHaveLength(2);
});

it("makes a small grammar of one caller's between the large ones of another's", async () => {
  const order: string[] = [];
  const llama = { createGrammar: () => Promise.resolve({}) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const texts = (from: number) => ({ enum: Array.from({ length: 300 }, (_, at) => `the text ${from} ${at}`) });
  const ask = async (caller: string, schema: object) => {
    await grammars.grammarFor({ type: "json_schema", schema }, { param: "response_format", caller });
    order.push(caller);
  };
  await Promise.all([...Array.from({ length: 12 }, (_, at) => ask("burst", texts(at))), ask("small", { type: "null" })]);
  expect(order.indexOf("small")).toBeLessThanOrEqual(2);
});
