// The page of a report without its data: the application's components as one script, and their styles, in one file.
import { createHash } from "node:crypto";

/** The page around what Vite built. Where its title and its data go stand words in braces that src/lib/report/page/write-page.ts looks for. */
export function reportTemplate(output) {
  const script = output
    .find(({ type }) => type === "chunk")
    .code.trim()
    .replaceAll("</script", "<\\/script")
    .replaceAll("<!--", "<\\!--");
  const style = output
    .find(({ fileName }) => fileName.endsWith(".css"))
    .source.trim()
    .replaceAll("</style", "<\\/style");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{title}}</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="application/json" id="report">{{data}}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** It may run its one script and load nothing. Its parts set styles of single elements. */
function policyOf(script) {
  const digest = createHash("sha256").update(script).digest("base64");
  const rules = ["default-src 'none'", `script-src 'sha256-${digest}'`, "style-src 'unsafe-inline'", "img-src data:"];
  return [...rules, "base-uri 'none'", "form-action 'none'"].join("; ");
}
