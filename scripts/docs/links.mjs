import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const AT_ROOT = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "SECURITY.md"];

/** Every page that people read, by its path in the repository. */
export function pagesOf(root) {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes(".vitepress"))
    .map((file) => join("docs", file));
  return [...AT_ROOT.filter((file) => existsSync(join(root, file))), ...docs.sort()];
}

/** Links within the repository that lead nowhere, to a heading that is not there, or, from the site, out of docs. */
export function deadLinks(root) {
  return pagesOf(root).flatMap((page) =>
    linksOf(readFileSync(join(root, page), "utf8")).flatMap((link) => {
      const reason = whyDead(root, page, link);
      return reason === undefined ? [] : [`${page}: ${link} ${reason}`];
    }),
  );
}

function whyDead(root, page, link) {
  if (/^(https?|mailto):/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  // the home page has the links of the built site
  const target = path === "" ? join(root, page) : path.startsWith("/") ? ofSite(root, path) : resolve(root, dirname(page), path);
  if (!existsSync(target)) return "does not exist";
  if (page.startsWith("docs") && relative(join(root, "docs"), target).startsWith(".."))
    return "leads out of docs, which the site cannot follow";
  if (anchor === undefined) return undefined;
  if (statSync(target).isDirectory()) return "is a folder, without headings";
  const anchors = anchorsOf(readFileSync(target, "utf8"));
  return anchors.has(anchor) ? undefined : `has no heading #${anchor}`;
}

function ofSite(root, path) {
  const file = join(root, "docs", path);
  return path.endsWith("/") ? join(file, "index.md") : `${file}.md`;
}

function linksOf(markdown) {
  const text = withoutCode(markdown);
  const frontmatter = Array.from(text.matchAll(/^\s+link: (\S+)$/gm), ([, link]) => link);
  return [...Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link), ...frontmatter];
}

/** The anchors that both GitHub and the site give the headings of a page. */
function anchorsOf(markdown) {
  const headings = markdown.replace(/^```.*?^```/gms, "").matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading]) =>
      heading
        .replace(/[`*_]/g, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-|-$/g, ""),
    ),
  );
}

function withoutCode(markdown) {
  return markdown.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "``");
}
