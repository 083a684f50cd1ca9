import { onTestFinished } from "vitest";

/** What this process warns of while a test runs, as it would print it. */
export function processWarnings(): readonly string[] {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(`${warning.name}: ${warning.message}`);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  return warnings;
}
