import { openApiPath } from "./openapi.js";
import type { RouteDescription } from "./route-description.js";
import { fieldsOf } from "./schema-fields.js";

export interface DocsPage {
  title: string;
  /** HTML above the routes. */
  introduction: string;
  routes: readonly RouteDescription<unknown, string>[];
  /** What a scope asks for, for people. */
  describeScope: (scope: string) => string;
}

/** A server's routes as a whole HTML document. */
export function renderDocsPage({ title, introduction, routes, describeScope }: DocsPage): string {
  const sections = routes.map(({ methods, path, aliases = [], scope, summary, query, body }) => {
    const rows = [...fieldsOf(query), ...fieldsOf(body)].map(
      ({ name, type, description }) =>
        `<tr><td><code>${escapeHtml(name)}</code><td class="type">${escapeHtml(type)}<td>${escapeHtml(description)}`,
    );
    const table = rows.length > 0 ? `<table>${rows.join("")}</table>` : "";
    const also = aliases.map((alias) => ` Also <code>${escapeHtml(openApiPath(alias))}</code>.`).join("");
    return `<section><h2><span>${methods.join(", ")}</span> ${escapeHtml(openApiPath(path))}</h2><p>${escapeHtml(summary)}.${also} <small>${escapeHtml(describeScope(scope))}.</small></p>${table}</section>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { font: 600 1rem ui-monospace, monospace; border-top: 1px solid #8884; padding-top: 1rem; }
  h2 span { color: #07c; } .type { color: #888; min-width: 9rem; } td { padding: 0 1rem 0 0; vertical-align: top; } pre { overflow-x: auto; background: #8882; padding: 1rem; }
</style>
<h1>${escapeHtml(title)}</h1>
${introduction}
${sections.join("\n")}
</html>
`;
}

/** A text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
