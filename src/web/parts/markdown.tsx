import { visibleText } from "../format/visible-text.js";
import { lazy, Suspense, type ReactElement } from "react";

const Document = lazy(() => import("./markdown-document.js"));

/** Markdown as people write it. Until what reads it has been loaded, the text as it is. */
export function Markdown({ text }: { text: string }): ReactElement {
  const shown = visibleText(text);
  return (
    <div className="markdown" dir="auto">
      <Suspense fallback={<p className="plain-text">{shown}</p>}>
        <Document text={shown} />
      </Suspense>
    </div>
  );
}
