import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { GGML_TYPE } from "./ggml-types.js";
import { expectedSizeBytes, readGgufHeader } from "./gguf-header.js";
import { writeGguf, type GgufEntry, type GgufTensor } from "./gguf-writer.js";

const metadata = new Map<string, GgufEntry>([
  ["general.architecture", { type: "string", value: "llama" }],
  ["llama.block_count", { type: "uint32", value: 2 }],
  ["llama.rope.freq_base", { type: "float32", value: 10_000 }],
  ["a.bool", { type: "bool", value: true }],
  ["a.negative", { type: "int32", value: -3 }],
  ["a.texts", { type: "string[]", value: ["ä", "Ġb"] }],
  ["a.numbers", { type: "int32[]", value: [1, -2] }],
  ["a.scores", { type: "float32[]", value: [0.5, -1] }],
]);

const tensor = (name: string, bytes: number): GgufTensor => ({
  name,
  dimensions: [32, 3],
  type: GGML_TYPE.Q8_0,
  data: () => [new Uint8Array(bytes)],
});

it("writes what the reader reads back, tensors aligned and complete", async () => {
  const path = join(temporaryFolder(), "model.gguf");
  await writeGguf(path, metadata, [tensor("one", 102), tensor("two", 102)]);
  const header = await readGgufHeader(path);
  expect(Object.fromEntries(header.metadata)).toEqual(Object.fromEntries([...metadata].map(([key, { value }]) => [key, value])));
  expect(header.tensors).toEqual([
    { name: "one", dimensions: [32, 3], type: 8, offset: 0 },
    { name: "two", dimensions: [32, 3], type: 8, offset: 128 },
  ]);
  expect(header.dataOffset % 32).toBe(0);
  expect(statSync(path).size).toBeGreaterThanOrEqual(expectedSizeBytes(header));
});

it("leaves no file behind when a tensor is not as long as its shape", async () => {
  const path = join(temporaryFolder(), "model.gguf");
  await expect(writeGguf(path, metadata, [tensor("short", 10)])).rejects.toThrow(/short has 10 bytes.*102/);
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(dirname(path))).toEqual([]);
});
