import type { ChalkInstance } from "chalk";
import type { Experiment } from "../tracking/records.js";
import { formatTime, plainTable } from "./plain-table.js";

/** The experiments of a store, for a terminal. */
export function renderExperiments(experiments: readonly Experiment[], chalk: ChalkInstance): string {
  const rows = experiments.map((e) => [e.experimentId, e.name, formatTime(e.creationTime), e.artifactLocation]);
  return plainTable(["id", "name", "created", "artifacts"], rows, chalk);
}
