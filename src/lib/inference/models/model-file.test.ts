import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { expectedSizeBytes } from "./gguf-header.js";
import { openModelFile } from "./model-file.js";

function file(name: string, content: Buffer | string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

describe("openModelFile", () => {
  it("finds the embedded demo model by its name and reads its header", async () => {
    const model = await openModelFile("demo");
    expect(model.name).toBe("demo");
    expect(model.header.metadata.get("general.architecture")).toBe("llama");
    expect(model.header.metadata.get("tokenizer.chat_template")).toContain("<|im_start|>");
    expect(model.header.tensors.map((t) => t.name)).toContain("token_embd.weight");
    expect(model.sizeBytes).toBeLessThan(12_000_000);
    expect(Math.abs(expectedSizeBytes(model.header) - model.sizeBytes)).toBeLessThan(64);
  });

  it("names a file by its base name", async () => {
    const demo = await openModelFile("demo");
    expect((await openModelFile(file("My-Model.Q8_0.gguf", readFileSync(demo.path)))).name).toBe("My-Model.Q8_0");
  });

  it.each([
    ["an empty file", () => file("m.gguf", ""), /is empty/],
    ["text", () => file("m.gguf", "this is not a model at all"), /not a GGUF model: it does not start with the letters GGUF/],
    ["three bytes", () => file("m.gguf", "GGU"), /truncated/],
    [
      "a later version",
      () => file("m.gguf", Buffer.concat([Buffer.from("GGUF"), Buffer.from([9, 0, 0, 0])])),
      /unsupported GGUF version 9/,
    ],
  ])("refuses %s", async (_, make, message) => {
    const error = await errorOf(() => openModelFile(make()));
    expect(error).toMatchObject({ code: "MODEL_INVALID", exitCode: 2 });
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });

  it("refuses a model cut off in its header or in its tensors, with the sizes", async () => {
    const demo = await openModelFile("demo");
    const bytes = readFileSync(demo.path);
    const inHeader = file("a.gguf", bytes.subarray(0, 5000));
    expect((await errorOf(() => openModelFile(inHeader))).message).toMatch(/truncated: it ends inside its header/);
    const inTensors = file("b.gguf", bytes.subarray(0, bytes.length - 100_000));
    expect((await errorOf(() => openModelFile(inTensors))).message).toContain(`the file has ${bytes.length - 100_000}`);
  });

  it("refuses a missing file and a folder", async () => {
    expect(await errorOf(() => openModelFile("/no/such/model.gguf"))).toMatchObject({ code: "MODEL_NOT_FOUND", exitCode: 2 });
    const folder = temporaryFolder();
    expect((await errorOf(() => openModelFile(folder))).message).toContain("is not a file");
  });
});
