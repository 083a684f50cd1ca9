import type { Experiment } from "../tracking/records.js";
import { cut } from "./fit-columns.js";
import { formatTime, plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** The experiments of a store, for a terminal. */
export function renderExperiments(experiments: readonly Experiment[], screen: Screen): string {
  const rows = experiments.map((e) => [e.experimentId, e.name, formatTime(e.creationTime), e.artifactLocation]);
  return plainTable(["id", cut("name", 0), "created", cut("artifacts")], rows, screen);
}
