// Ends with 1 where a link of the documentation is dead.
import { fileURLToPath } from "node:url";
import { deadLinks } from "./links.mjs";

const dead = deadLinks(fileURLToPath(new URL("../../", import.meta.url)));
for (const link of dead) console.error(link);
process.exitCode = dead.length === 0 ? 0 : 1;
