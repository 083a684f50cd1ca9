// How quickly weights become blocks: one matrix of F16 to each type, on one core, disk included.
// Usage: npm run bench -- quantize [MB]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openModelFile } from "../dist/lib/models/model-file.js";
import { writeGguf } from "../dist/lib/models/gguf-writer.js";
import { PRESET_NAMES } from "../dist/lib/quantize/presets.js";
import { quantizeFile } from "../dist/lib/quantize/quantize-file.js";
import { toHalf } from "../dist/lib/quantize/half-float.js";

const rows = Math.round(Number(process.argv[2] ?? 256) * 128);
const columns = 4096;
const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));
try {
  const chunk = new Uint16Array(columns * 128);
  for (let i = 0; i < chunk.length; i++)
    chunk[i] = toHalf(0.02 * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));
  const path = join(folder, "f16.gguf");
  const data = () => Array.from({ length: rows / 128 }, () => new Uint8Array(chunk.buffer));
  const metadata = new Map([["general.architecture", { type: "string", value: "llama" }]]);
  await writeGguf(path, metadata, [{ name: "x.weight", dimensions: [columns, rows], type: 1, data }]);
  const file = await openModelFile(path);
  const results = [];
  for (const preset of PRESET_NAMES) {
    let peak = 0;
    const onBytes = () => (peak = Math.max(peak, process.memoryUsage().rss));
    const begun = performance.now();
    await quantizeFile(file, { out: join(folder, `${preset}.gguf`), preset, signal: new AbortController().signal, onBytes });
    const seconds = (performance.now() - begun) / 1000;
    results.push({
      from: "F16",
      to: preset,
      MB: Math.round(file.sizeBytes / 1e6),
      "MB/s": Math.round(file.sizeBytes / 1e6 / seconds),
      "peak MB": Math.round(peak / 1e6),
    });
  }
  console.table(results);
} finally {
  rmSync(folder, { recursive: true });
}
