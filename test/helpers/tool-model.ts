import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";
import { temporaryFolder } from "./temporary-folder.js";

const KEY = "tokenizer.chat_template";
const ALIGNMENT = 32;
const TEMPLATE = `{% if tools %}<|im_start|>system
Tools:{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
Call one with <tool_call>{"name": ..., "arguments": ...}</tool_call>.<|im_end|>
{% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}{% if message.tool_calls %}{% for call in message.tool_calls %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

/** The demo model with a chat template that knows tools, or another one: a copy of its file in a folder. */
export async function toolModel(template = TEMPLATE, folder = temporaryFolder()): Promise<ModelFile> {
  const demo = await openModelFile("demo");
  const file = await readFile(demo.path);
  const at = file.indexOf(KEY) + KEY.length + 4;
  const length = Number(file.readBigUInt64LE(at));
  const text = Buffer.from(template, "utf8");
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  // tensors are found relative to where the data starts: the rest of the header is copied as it is
  const { dataOffset, headerSize } = demo.header;
  const header = Buffer.concat([file.subarray(0, at), size, text, file.subarray(at + 8 + length, headerSize)]);
  const padding = Buffer.alloc((ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT);
  const path = join(folder, "tools.gguf");
  await writeFile(path, Buffer.concat([header, padding, file.subarray(dataOffset)]));
  return openModelFile(path);
}
