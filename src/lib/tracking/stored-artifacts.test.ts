import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { mlflowConnection } from "../base/config/mlflow-environment.js";
import { artifactPlaces } from "./artifact-places.js";
import type { ArtifactPlaces } from "./artifact-store.js";
import { openLocalStore } from "./open-local-store.js";
import { StoredArtifacts } from "./stored-artifacts.js";

function prepare(places: Partial<ArtifactPlaces> = {}) {
  const beside = temporaryFolder();
  const run = join(beside, "mlruns", "1", "run", "artifacts");
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, "a b%20.txt"), "content");
  mkdirSync(join(beside, "outside"));
  writeFileSync(join(beside, "outside", "secret"), "secret");
  return { beside, run, artifacts: new StoredArtifacts(artifactPlaces(places, beside), beside, mlflowConnection({})) };
}

describe("local artifact locations as MLflow writes them", () => {
  it.each([
    ["a path", (run: string) => run],
    ["file:///", (run: string) => pathToFileURL(run).href],
    ["file:/", (run: string) => pathToFileURL(run).href.replace("file:///", "file:/")],
    ["a path from the database on", () => "./mlruns/1/run/artifacts"],
    ["a path from the database on, bare", () => "mlruns/1/run/artifacts"],
  ])("%s", async (_, uriOf) => {
    const { run, artifacts } = prepare();
    const uri = uriOf(run);
    expect(artifacts.serves(uri)).toBe(true);
    expect(await artifacts.list(uri, "")).toEqual([{ path: "a b%20.txt", isFolder: false, sizeBytes: 7 }]);
    expect(await text(await artifacts.read(uri, "a b%20.txt", { range: { first: 1, last: 3 } }))).toBe("ont");
    await artifacts.write(uri, "made/b.txt", "more");
    expect(await artifacts.fetch(uri, "made/b.txt", "unused")).toBe(join(run, "made", "b.txt"));
  });

  it("serves its own places and nothing else of the machine, whatever an experiment says", () => {
    const { beside, artifacts } = prepare({ defaultRoot: join(temporaryFolder(), "root") });
    const root = artifacts.places.defaultRoot;
    for (const uri of ["mlflow-artifacts:/1/run/artifacts", `${root}/1/run`, `${beside}/mlruns/1`])
      expect(artifacts.serves(uri), uri).toBe(true);
    for (const uri of [
      ...[
        "/etc",
        "file:///etc",
        `${root}-not/1`,
        `${root}/../1`,
        `${beside}/outside`,
        `${beside}/mlruns/../outside`,
        `${beside}/mlflow.db`,
      ],
      ...[".", "..", "", "outside", "s3://bucket/1", "http://host/1", "C:\\temp", "file:relative"],
    ])
      expect(artifacts.serves(uri), uri).toBe(false);
    expect(() => artifacts.serves("file://elsewhere/1")).toThrow("not a folder of this machine");
  });

  it("refuses links that lead out of the folder of all runs, from a run's folder too", async () => {
    const { beside, run, artifacts } = prepare();
    symlinkSync(join(beside, "outside"), join(beside, "mlruns", "2"));
    symlinkSync(join(beside, "mlruns", "1"), join(beside, "mlruns", "3"));
    await expect(artifacts.read(join(beside, "mlruns", "2"), "secret")).rejects.toThrow("symbolic link");
    await expect(artifacts.list(join(beside, "mlruns", "2"), "")).rejects.toThrow("symbolic link");
    expect(await text(await artifacts.read(join(beside, "mlruns", "3", "run", "artifacts"), "a b%20.txt"))).toBe("content");
    await expect(artifacts.delete(join(beside, "mlruns"), "")).rejects.toThrow("cannot be deleted");
    await artifacts.delete(run, "");
    expect(await artifacts.list(run, "")).toEqual([]);
  });

  it("says why nothing is behind mlflow-artifacts:/", async () => {
    const { beside, artifacts } = prepare({ destination: null });
    expect(artifacts.places.defaultRoot).toBe(join(beside, "mlruns"));
    expect(artifacts.serves("mlflow-artifacts:/1")).toBe(false);
    await expect(artifacts.read("mlflow-artifacts:/1", "x")).rejects.toThrow("--no-serve-artifacts");
    expect(() => prepare({ destination: null, defaultRoot: "mlflow-artifacts:/" })).toThrow("leaves nothing behind");
  });
});

describe("the root of new experiments", () => {
  it.each([
    ["a path", (folder: string) => folder, (folder: string) => folder],
    ["a relative path", (folder: string) => relative(".", folder), (folder: string) => folder],
    ["a file: URI", (folder: string) => `file://${folder}/`, (folder: string) => `file://${folder}`],
    ["a folder of the proxy", () => "mlflow-artifacts:/team", () => "mlflow-artifacts:/team"],
  ])("is %s", async (_, asked, expected) => {
    const folder = join(temporaryFolder(), "root");
    const store = openLocalStore(temporaryFolder(), { create: true, places: { defaultRoot: asked(folder) } });
    try {
      const { experimentId, artifactLocation } = await store.createExperiment({ name: "made" });
      expect(artifactLocation).toBe(`${expected(folder)}/${experimentId}`);
      expect((await store.getExperiment("0")).artifactLocation).toBe(`${expected(folder)}/0`);
      const { runId, artifactUri } = await store.createRun({ experimentId, startTime: 1, userId: "", runName: "run" });
      await store.writeArtifact(runId, "a.txt", "text");
      expect(await text(await store.artifacts.read(artifactUri, "a.txt"))).toBe("text");
      await store.purgeExperiment(experimentId);
      expect(await store.artifacts.list(artifactUri, "")).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it("is kept where another store's experiment has the same number", async () => {
    const shared = join(temporaryFolder(), "root");
    const theirs = join(shared, "1", "theirs");
    mkdirSync(theirs, { recursive: true });
    const store = openLocalStore(temporaryFolder(), { create: true, places: { defaultRoot: shared } });
    try {
      const { experimentId } = await store.createExperiment({ name: "elsewhere", artifactLocation: join(temporaryFolder(), "mine") });
      await store.purgeExperiment(experimentId);
      expect([experimentId, (await store.artifacts.list(join(shared, "1"), "")).length]).toEqual(["1", 1]);
    } finally {
      await store.close();
    }
  });
});
