import type { Hook } from "@oclif/core";
import { renderError } from "../command/base-command.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { printDocument, printNote } from "../terminal/terminal-output.js";

/** Says which command was probably meant. */
const hook: Hook.CommandNotFound = function ({ id, argv = [], config }) {
  const typed = id.replaceAll(":", " ");
  const names = config.commandIDs.map((one) => one.replaceAll(":", " "));
  const words = typed.split(" ");
  // what follows a command may have been taken for a part of its name
  const nearest = words.map((_, i) => nearestOf(words.slice(0, words.length - i).join(" "), names)).find((name) => name !== undefined);
  const error = new LlmopsError("INVALID_ARGUMENT", `Unknown command "${typed}".`, {
    hint: `${nearest === undefined ? "" : `Did you mean ${config.bin} ${nearest}? `}See ${config.bin} --help.`,
  });
  const document = { schema: "llmops.error/1", error: { code: error.code, message: error.message, hint: error.hint } };
  if (argv.includes("--json")) printDocument(document);
  else printNote(renderError(error));
  process.exitCode = error.exitCode;
  return Promise.resolve();
};

export default hook;
