/** The routes in Fastify's picture of them: a tree in which a line has the end of a path, below its beginning. */
export function registeredRoutes(tree: string): { method: string; url: string }[] {
  const beginnings: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    beginnings[depth] = (depth > 1 ? (beginnings[depth - 1] ?? "") : "") + part;
    const url = beginnings[depth] ?? "";
    return methods === "" ? [] : methods.split(", ").map((method) => ({ method, url }));
  });
}
