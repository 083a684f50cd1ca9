import { createInterface } from "node:readline/promises";
import { toLlmopsError } from "../../lib/base/errors/llmops-error.js";
import { checkVariable, variableOf, type VariableName, type Variables } from "../../lib/operations/scaffold/variables.js";
import { printOutput, promptStreams } from "./terminal-output.js";
import { printedOnOutput } from "./terminal-screen.js";

/** Asks for what was not given; Enter takes the default. */
export async function askVariables(names: readonly VariableName[], given: Partial<Variables>): Promise<Partial<Variables>> {
  const answers: Partial<Variables> = { ...given };
  const terminal = createInterface(promptStreams());
  try {
    for (const name of names.filter((one) => given[one] === undefined)) {
      for (;;) {
        const { about, default: standard } = variableOf(name);
        const answer = (await terminal.question(`${printedOnOutput(`${about} [${standard}]:`)} `)).trim();
        try {
          answers[name] = answer === "" ? standard : checkVariable(name, answer);
          break;
        } catch (error) {
          const { message, hint = "" } = toLlmopsError(error);
          printOutput(`${message} ${hint}`);
        }
      }
    }
    return answers;
  } catch (error) {
    printOutput(""); // the question that was not answered ends its line
    throw error;
  } finally {
    terminal.close();
  }
}
