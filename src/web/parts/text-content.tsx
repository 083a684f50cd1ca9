import type { ReactElement } from "react";
import { contentOf } from "./content-of.js";
import { JsonTree } from "./json-tree.js";
import { LongText } from "./long-text.js";
import { Markdown } from "./markdown.js";

/** A text as what it is: JSON as a tree, Markdown as a document, all others with their line breaks. */
export function TextContent({ text }: { text: string }): ReactElement {
  const content = contentOf(text);
  if (content.kind === "json") return <JsonTree value={content.value} />;
  if (content.kind === "markdown") return <Markdown text={text} />;
  return (
    <div dir="auto">
      <LongText text={text} />
    </div>
  );
}
