import { createRequire } from "node:module";

/** The version of this program, as its package has it: "0.1.0". */
export const PROGRAM_VERSION: string = (createRequire(import.meta.url)("../../../../package.json") as { version: string }).version;
