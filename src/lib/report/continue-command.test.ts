import { expect, it } from "vitest";
import { continueCommand } from "./continue-command.js";

it("breaks a long command where a shell goes on, and never inside quotes", () => {
  const command = `$ llmops mlflow promote qa 3 --alias champion --require 'accuracy > champion' --require "latency < 2"`;
  const lines = continueCommand(command, 50).split("\n");
  expect(lines).toEqual([
    "$ llmops mlflow promote qa 3 --alias champion \\",
    "    --require 'accuracy > champion' \\",
    '    --require "latency < 2"',
  ]);
  expect(continueCommand(command, 200)).toBe(command);
});
