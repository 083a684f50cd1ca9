import { inspect } from "node:util";
import { jsonLine, visibleText } from "../../lib/report/visible-text.js";
import { printedOnErrors, printedOnOutput, printedWhole } from "./terminal-screen.js";

// Nothing but this and live-output.ts writes to standard output or standard error (eslint sees to it): what is printed for people is made safe here.

/** Whether what is written there is read on a terminal, not by a program. One of no width, as builds and containers have, shows nothing in place. */
export function isTerminal(stream: "stdout" | "stderr"): boolean {
  return process[stream].isTTY && process[stream].columns > 0;
}

/** Where people are asked, and answer. Questions are made safe by who asks them. */
export function promptStreams() {
  return { input: process.stdin, output: process.stdout };
}

/** Prints prose or a table on standard output. */
export function printOutput(text: string): void {
  process.stdout.write(`${printedOnOutput(text)}\n`);
}

/** Prints lines that are read by programs, or copied, on standard output: never broken. */
export function printLines(text: string): void {
  process.stdout.write(`${printedWhole(text)}\n`);
}

/** What others' code says by console.log goes to standard error from now on: standard output belongs to the command's result. */
export function keepOutputForResult(): void {
  console.log = console.info = console.debug = console.error.bind(console);
}

/** Tells people something on standard error. */
export function printNote(text: string): void {
  process.stderr.write(`${printedOnErrors(text)}\n`);
}

/** Shows on standard error what was thrown, with its stack. */
export function printThrown(thrown: unknown): void {
  process.stderr.write(`${visibleText(inspect(thrown))}\n`);
}

/** The one document of --json: what a terminal would obey or hide, but JSON lets through, is escaped. */
export function printDocument(document: unknown): void {
  process.stdout.write(`${jsonLine(JSON.stringify(document, null, 2))}\n`);
}

/** Prints a text of our own for programs, byte for byte. */
export function printScript(text: string): void {
  process.stdout.write(text);
}

/** Passes on what a program that the user started has written, byte for byte: its colors and its progress are its own. */
export function passOn(stream: "stdout" | "stderr", data: Buffer): void {
  process[stream].write(data);
}
