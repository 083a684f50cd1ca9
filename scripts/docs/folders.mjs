import { code, codes, page, table } from "./markdown.mjs";

/** The folders of src/lib and what each may import, from .floor-plan.cjs. */
export function folderPage({ FLOORS, PARTS, ALWAYS, BEHIND_PORTS }) {
  const parts = Object.entries(PARTS).flatMap(([part, folders]) => [
    `## ${part}`,
    table(
      ["folder", "may import"],
      Object.entries(folders).map(([folder, allowed]) => [code(folder), allowed.length === 0 ? "nothing" : codes(allowed)]),
    ),
  ]);
  return page(
    "Folders and their imports",
    `Generated from \`.floor-plan.cjs\`, which \`npm run check\` enforces. The floors of \`src\`, from top to bottom, are ${codes(FLOORS)}; ` +
      `each imports only those below it. Every folder of \`src/lib\` may also import ${codes(ALWAYS)}, and \`${ALWAYS[0]}\` only itself.`,
    ...parts,
    "## Behind ports",
    "These folders implement a port of the folder above them. Only the file that opens them knows them; all others import the port.",
    table(
      ["folder", "known to"],
      Object.entries(BEHIND_PORTS).map(([folder, openers]) => [code(folder), codes(openers)]),
    ),
  );
}
