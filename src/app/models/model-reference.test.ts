import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { namedReference } from "./model-reference.js";

it("a name of the project's models stands for what it names, unless it is a file or a reference of its own", () => {
  const named = ["small=models/small.gguf", "tuned=models:/qa@champion"];
  expect(namedReference("small", named)).toBe("models/small.gguf");
  expect(namedReference("tuned", named)).toBe("models:/qa@champion");
  for (const other of ["demo", "big", "../../small", "small.gguf", "hf:small", "models:/small/1"])
    expect(namedReference(other, named)).toBe(other);
  const file = join(temporaryFolder(), "small");
  writeFileSync(file, "GGUF");
  expect(namedReference(file, [`${file}=elsewhere`])).toBe(file);
});
