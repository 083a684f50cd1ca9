// Fills a store for benchmarks of the web application: many runs of 20 metrics, 6 params, and 4 tags, a hundred to each parent.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openLocalStore } from "../dist/lib/tracking/open-local-store.js";
import { writeRows } from "./write-rows.mjs";

/** Opens the folder's store; one that is not there yet gets so many runs, in the experiment "many". */
export async function openManyRuns(folder, runs) {
  const isThere = existsSync(join(folder, "mlflow.db"));
  const store = openLocalStore(folder, { create: true });
  if (!isThere) fill(folder, runs, (await store.createExperiment({ name: "many" })).experimentId);
  return store;
}

function fill(folder, runs, experimentId) {
  const roots = [];
  writeRows(folder, (run) => {
    for (let i = 0; i < runs; i++) {
      const id = randomBytes(16).toString("hex");
      run(
        "INSERT INTO runs VALUES (?, ?, 'UNKNOWN', '', '', 'u', 'FINISHED', ?, ?, '', 'active', 'x', ?, NULL)",
        ...[id, `run-${i}`, 1e12 + i * 1000, 1e12 + i * 1000 + 500, Number(experimentId)],
      );
      for (let k = 0; k < 20; k++) {
        const value = Math.random();
        run("INSERT INTO metrics VALUES (?, ?, ?, ?, 1, 0)", `m${k}`, value, i, id);
        run("INSERT INTO latest_metrics VALUES (?, ?, ?, 1, 0, ?)", `m${k}`, value, i, id);
      }
      for (let k = 0; k < 6; k++)
        run("INSERT INTO params VALUES (?, ?, ?)", `p${k}`, k === 0 ? String(Math.random()) : `value ${i % (5 ** k + 1)}`, id);
      const tags = { "mlflow.runName": `run-${i}`, "mlflow.user": "u", "mlflow.source.name": "llmops sweep", team: `team ${i % 7}` };
      if (i % 100 === 0) roots.push(id);
      else tags["mlflow.parentRunId"] = roots.at(-1);
      for (const [key, value] of Object.entries(tags)) run("INSERT INTO tags VALUES (?, ?, ?)", key, value, id);
    }
  });
}
