/** The routes in Fastify's picture of them: a tree in which a line has the end of a path, below its beginning. */
export function registeredRoutes(tree: string): { method: string; url: string }[] {
  const beginnings: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    const before = depth > 1 ? (beginnings[depth - 1] ?? "") : "";
    // the picture has no slash before a wildcard
    beginnings[depth] = part === "*" && before !== "" && !before.endsWith("/") ? `${before}/*` : before + part;
    const url = beginnings[depth] ?? "";
    return methods === "" ? [] : methods.split(", ").map((method) => ({ method, url }));
  });
}
