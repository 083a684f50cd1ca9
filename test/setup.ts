import { afterAll, afterEach, expect, vi } from "vitest";
import { watchAnswers } from "./helpers/described-answers.js";
import { noteFault, takeFaults } from "./helpers/faults.js";
import { tryLibraryOnce } from "./helpers/tested-library.mjs";

tryLibraryOnce();

/** What servers answer has to be what their routes describe, and what commands print what its schema says: no test need ask for it. */
watchAnswers(noteFault);

const demandNone = () => expect(takeFaults(), "answers and documents are as they are described").toEqual([]);
afterEach(demandNone);
afterAll(demandNone);
/** The next file runs in the same process. */
afterAll(() => void vi.unstubAllEnvs());
