import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPulled, pullModel } from "../../src/lib/inference/engine/pull-model.js";
import { notedChecksum } from "../../src/lib/inference/models/checksum.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { errorOf } from "../helpers/error-of.js";
import { freePort } from "../helpers/free-port.js";
import { hubMirror, type HubOptions } from "../helpers/hub-mirror.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const demo = await openModelFile("demo").then(({ path }) => readFileSync(path));
const FILES: HubOptions = {
  files: { "me/tiny-GGUF/tiny-Q8_0.gguf": demo },
  tags: { "me/tiny-GGUF:latest": "tiny-Q8_0.gguf", "me/tiny-GGUF:Q8_0": "tiny-Q8_0.gguf" },
};

async function prepare(options: HubOptions, token?: string) {
  const mirror = await hubMirror(options);
  const folder = join(temporaryFolder(), "models");
  const progress: number[] = [];
  const pull = (reference: string, signal = new AbortController().signal) =>
    pullModel(reference, { hub: { endpoint: mirror.url, token }, folder, signal, onProgress: (done) => progress.push(done) });
  return { mirror, folder, pull, progress };
}

/** The mark of a part that is whole, as the library that downloads writes it behind the file's own bytes. */
const COMPLETE = 2;

/** What the unfinished file in a folder says of its parts. */
function notedParts(folder: string): unknown {
  const [partial] = existsSync(folder) ? readdirSync(folder) : [];
  if (partial === undefined) return undefined;
  const notes = readFileSync(join(folder, partial)).subarray(demo.length).toString();
  return notes === "" ? undefined : (JSON.parse(notes) as { chunks: number[] }).chunks;
}

describe("a model of Hugging Face", () => {
  it.each(["hf:me/tiny-GGUF", "hf:me/tiny-GGUF:Q8_0", "hf:me/tiny-GGUF/tiny-Q8_0.gguf"])(
    "is downloaded as %s, its checksum noted, and then found without asking",
    async (reference) => {
      const { mirror, folder, pull, progress } = await prepare(FILES);
      const { path, known, verified } = await pull(reference);
      expect([known, verified, readFileSync(path).equals(demo)]).toEqual([false, true, true]);
      expect(await notedChecksum(path)).toMatch(/^[0-9a-f]{64}$/);
      expect(progress.at(-1)).toBe(demo.length);
      const before = mirror.requests.length;
      expect(await findPulled(reference, folder)).toBe(path);
      expect(mirror.requests).toHaveLength(before);
      expect(await pull(reference)).toEqual({ path, known: true, verified: true });
      expect(mirror.sentRanges).toHaveLength(2); // not a third time
    },
  );

  it("continues where a download was interrupted", async () => {
    let breaking = true;
    const breakAfter = (range: string | undefined) => (breaking && range?.startsWith("bytes=0-") ? 1_000_000 : undefined);
    const { mirror, folder, pull } = await prepare({ ...FILES, breakAfter });
    const stop = new AbortController();
    const interrupted = pull("hf:me/tiny-GGUF", stop.signal);
    // the second half is there, and noted on the disk as whole
    await expect.poll(() => notedParts(folder)).toEqual([expect.anything(), COMPLETE]);
    expect(mirror.sentRanges).toHaveLength(1);
    stop.abort();
    await expect(interrupted).rejects.toThrow();
    // the library may give the file its final name when it stops: it must not count as whole
    const [partial = ""] = readdirSync(folder);
    renameSync(join(folder, partial), join(folder, partial.replace(/\.ipull$/, "")));
    expect(await findPulled("hf:me/tiny-GGUF:Q8_0", folder)).toBeUndefined();
    expect(await findPulled("hf:me/tiny-GGUF", folder)).toBeUndefined();
    breaking = false;
    const { path } = await pull("hf:me/tiny-GGUF");
    expect(mirror.sentRanges.map((range) => range.startsWith("bytes=0-"))).toEqual([false, true]);
    expect(readFileSync(path).equals(demo)).toBe(true);
  });

  it("with another checksum than the server says is removed", async () => {
    const checksums = { "me/tiny-GGUF/tiny-Q8_0.gguf": "0".repeat(64) };
    const { folder, pull } = await prepare({ ...FILES, checksums });
    const error = await errorOf(() => pull("hf:me/tiny-GGUF"));
    expect([error.code, error.message]).toEqual(["MODEL_INVALID", expect.stringContaining("checksum")]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that is kept elsewhere is taken for what it is, not for the answer that leads there", async () => {
    const { pull, folder } = await prepare({ ...FILES, redirects: true });
    const { path, known, verified } = await pull("hf:me/tiny-GGUF:Q8_0");
    expect([known, verified, readFileSync(path).equals(demo)]).toEqual([false, false, true]);
    expect(await findPulled("hf:me/tiny-GGUF:Q8_0", folder)).toBe(path);
  });

  it("that needs a token says so, and comes with one", async () => {
    const locked = { ...FILES, token: "hf_secret" };
    const { pull } = await prepare(locked);
    expect(await errorOf(() => pull("hf:me/tiny-GGUF"))).toMatchObject({
      code: "UNAUTHORIZED",
      hint: expect.stringContaining("HF_TOKEN") as string,
    });
    const { pull: pullOpen } = await prepare(locked, "hf_secret");
    expect(await pullOpen("hf:me/tiny-GGUF")).toMatchObject({ known: false, verified: true });
  });

  it.each([
    ["hf:me", "INVALID_ARGUMENT"],
    ["hf:me/other", "MODEL_NOT_FOUND"],
    ["hf:me/tiny-GGUF:Q2_K", "MODEL_NOT_FOUND"],
    ["hf:me/tiny-GGUF/nothing.gguf", "MODEL_NOT_FOUND"],
  ])("that is not there is an error: %s", async (reference, code) => {
    const { pull, folder } = await prepare(FILES);
    expect(await errorOf(() => pull(reference))).toMatchObject({ code });
    expect(existsSync(folder)).toBe(false);
  });

  it("whose manifest names a path outside is refused", async () => {
    for (const name of ["../../evil.gguf", "/etc/evil.gguf", "a/../../b.gguf", "evil.sh"]) {
      const { pull, folder } = await prepare({ files: {}, tags: { "me/bad:latest": name } });
      expect(await errorOf(() => pull("hf:me/bad"))).toMatchObject({ code: "MODEL_INVALID" });
      expect(existsSync(folder)).toBe(false);
    }
  });

  it("is out of reach without a network, with what to do", async () => {
    const hub = { endpoint: `http://127.0.0.1:${await freePort()}`, token: undefined };
    const error = await errorOf(() =>
      pullModel("hf:me/tiny-GGUF", { hub, folder: temporaryFolder(), signal: new AbortController().signal, onProgress: () => undefined }),
    );
    expect(error).toMatchObject({ code: "ENDPOINT_UNREACHABLE", hint: expect.stringContaining("HF_ENDPOINT") as string });
  });
});
