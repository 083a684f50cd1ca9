import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

it("a new store can be created by several processes at once", async () => {
  const folder = temporaryFolder();
  const script = `import { ensureExperiment } from ${JSON.stringify(new URL("../../dist/lib/tracking/find-experiment.js", import.meta.url).href)};
    import { openStore } from ${JSON.stringify(new URL("../../dist/lib/tracking/open-store.js", import.meta.url).href)};
    const store = await openStore(${JSON.stringify(folder)}, { create: true });
    const e = await ensureExperiment(store, "shared");
    for (let i = 0; i < 20; i++) await store.createRun({ experimentId: e.experimentId, runName: "r", startTime: i });
    await store.close();`;
  const shell = Array.from({ length: 4 }, () => `${process.execPath} --input-type=module -e '${script}' & pids="$pids $!";`).join(" ");
  execFileSync("bash", ["-c", `${shell} for p in $pids; do wait $p || exit 1; done`]);
  const store = await openStore(folder, { create: false });
  const { items: experiments } = await store.searchExperiments({ maxResults: 10 });
  expect(experiments.map((e) => e.name).sort()).toEqual(["Default", "shared"]);
  const experimentIds = experiments.map((e) => e.experimentId);
  expect((await store.searchRuns({ experimentIds, maxResults: 1000 })).items).toHaveLength(80);
  await store.close();
});
