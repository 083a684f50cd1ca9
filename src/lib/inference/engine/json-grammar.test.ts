import type { Llama, LlamaModel } from "node-llama-cpp";
import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { JsonGrammars } from "./json-grammar.js";

it("gives llama.cpp no grammar of tools that would hold it up", async () => {
  const given: string[] = [];
  const llama = { createGrammar: ({ grammar }: { grammar: string }) => Promise.resolve(given.push(grammar)) };
  const grammars = new JsonGrammars(llama as unknown as Llama, {} as unknown as LlamaModel);
  const error = await errorOf(() => grammars.statesOf('root ::= ("a"?){600}', "tools"));
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "tools" });
  expect(error.message).toContain("ways at once");
  expect(given).toEqual([]);
  await grammars.statesOf('root ::= "a"', "tools");
  expect(given).toEqual(['root ::= "a"']);
});
