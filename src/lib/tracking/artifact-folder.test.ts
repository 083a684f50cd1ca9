import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { artifactFilesContract } from "../../../test/contract/artifact-files.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { ArtifactFolder } from "./artifact-folder.js";

const URI = "mlflow-artifacts:/1/run/artifacts";

function prepare() {
  const root = temporaryFolder();
  const below = join(root, "mlartifacts", "1", "run", "artifacts");
  mkdirSync(below, { recursive: true });
  mkdirSync(join(root, "outside"));
  writeFileSync(join(root, "outside", "secret"), "secret");
  return { artifacts: new ArtifactFolder({ root: join(root, "mlartifacts") }), below, outside: join(root, "outside") };
}

describe("an artifact folder", () => {
  artifactFilesContract(async () => ({ files: prepare().artifacts, uri: URI }));

  it.each(["model.new", ".new", "a.draft", ".hidden", "x".repeat(255), "é".repeat(127)])(
    "keeps and shows a file called %s",
    async (name) => {
      const { artifacts } = prepare();
      await artifacts.write(URI, name, "content");
      expect(await artifacts.list(URI, "")).toEqual([{ path: name, isFolder: false, sizeBytes: 7 }]);
      expect(await text(await artifacts.read(URI, name))).toBe("content");
    },
  );

  it.each(["x".repeat(256), "é".repeat(128), `a/${"x".repeat(300)}/b`])("says how long a name may be", async (name) => {
    await expect(prepare().artifacts.write(URI, name, "")).rejects.toThrow("at most 255");
  });

  it("refuses links that leave it, for reading, writing, listing and deleting", async () => {
    const { artifacts, below, outside } = prepare();
    symlinkSync(outside, join(below, "folder"));
    symlinkSync(join(outside, "secret"), join(below, "file"));
    symlinkSync(join(outside, "made"), join(below, "broken"));
    for (const path of ["folder", "folder/secret", "folder/new/file", "file", "broken"]) {
      await expect(artifacts.read(URI, path)).rejects.toThrow("symbolic link");
      await expect(artifacts.write(URI, path, "taken")).rejects.toThrow("symbolic link");
      await expect(artifacts.list(URI, path)).rejects.toThrow("symbolic link");
      await expect(artifacts.delete(URI, path)).rejects.toThrow("symbolic link");
    }
    expect(await artifacts.list(URI, "")).toEqual([]);
    expect([readdirSync(outside), readFileSync(join(outside, "secret"), "utf8")]).toEqual([["secret"], "secret"]);
  });

  it("tells the size of a file, and whether it was written again", async () => {
    const { artifacts } = prepare();
    await artifacts.write(URI, "a.txt", "0123456789");
    const before = await artifacts.describe(URI, "a.txt");
    expect(before.sizeBytes).toBe(10);
    await artifacts.write(URI, "a.txt", "shorter");
    expect((await artifacts.describe(URI, "a.txt")).version).not.toBe(before.version);
    await expect(artifacts.describe(URI, "")).rejects.toThrow("no name");
    await expect(artifacts.describe(URI, "b.txt")).rejects.toThrow("No such artifact: 'b.txt'");
  });

  it("lists what is beside a link to nothing, and follows links that stay inside", async () => {
    const { artifacts, below } = prepare();
    symlinkSync("nothing", join(below, "broken"));
    writeFileSync(join(below, "file"), "content");
    symlinkSync("file", join(below, "link"));
    expect((await artifacts.list(URI, "")).map(({ path }) => path)).toEqual(["file", "link"]);
    expect(await text(await artifacts.read(URI, "link"))).toBe("content");
  });
});
