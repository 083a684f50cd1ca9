import { makeGrammar, type GrammarOutcome, type GrammarTask } from "./make-grammar.js";

/** Makes a grammar in a thread of its own. */
export default function make(task: GrammarTask): GrammarOutcome {
  return makeGrammar(task);
}
