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

it("makes a format's grammar once for requests that come at once", async () => {
  let made = 0;
  const llama = { createGrammar: () => Promise.resolve({ made: ++made }) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const format = { type: "json_schema", schema: { type: "integer" } } as const;
  await Promise.all(Array.from({ length: 10 }, () => grammars.grammarFor(format, { param: "response_format" })));
  expect(made).toBe(1);
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
