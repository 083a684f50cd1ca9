import { mkdirSync, writeFileSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { EXIT } from "./exit-codes.js";
import { toLlmopsError } from "./llmops-error.js";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("what the system refuses", () => {
  it.each(["EMFILE", "ENFILE", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EIO"])(
    "is not a bug of this program, also as a cause: %s",
    (code) => {
      const cause = Object.assign(new Error(`${code}: as the system says it, open '/x/y'`), { code });
      for (const thrown of [cause, new Error("it failed", { cause })]) {
        const error = toLlmopsError(thrown);
        expect([error.code, error.exitCode]).toEqual(["SYSTEM_REFUSED", EXIT.broken]);
        expect(error.message).toContain(thrown.message);
        expect(error.hint).not.toContain("bug");
      }
    },
  );

  it.each([
    ["ENOMEM", Object.assign(new Error("ENOMEM: not enough memory, read"), { code: "ENOMEM" })],
    ["WebAssembly", new RangeError("WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance")],
    ["buffers", new RangeError("Array buffer allocation failed")],
  ])("is a lack of memory: %s", (_, thrown) => {
    expect(toLlmopsError(thrown)).toMatchObject({ code: "OUT_OF_MEMORY", exitCode: EXIT.broken });
  });

  it("is told with the path, as the real system says it", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(toLlmopsError(thrownBy(() => mkdirSync(join(folder, "file", "below"))))).toMatchObject({
      code: "SYSTEM_REFUSED",
      message: expect.stringMatching(/^The system refused it: a file is in the place of a folder \(ENOTDIR.*file/) as string,
    });
    expect(toLlmopsError(thrownBy(() => openSync(folder, "w"))).message).toContain("a folder is in the place of a file");
  });

  it.each([new TypeError("x is not a function"), new RangeError("Maximum call stack size exceeded"), "a text", undefined])(
    "is not what a bug is: %s",
    (thrown) => {
      expect(toLlmopsError(thrown)).toMatchObject({ code: "INTERNAL", exitCode: EXIT.bug });
    },
  );
});
