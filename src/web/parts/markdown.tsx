import { lazy, Suspense, type ReactElement } from "react";

const Document = lazy(() => import("./markdown-document.js"));

/** Markdown as people write it. Until what reads it has been loaded, the text as it is. */
export function Markdown({ text }: { text: string }): ReactElement {
  return (
    <div className="markdown" dir="auto">
      <Suspense fallback={<p className="plain-text">{text}</p>}>
        <Document text={text} />
      </Suspense>
    </div>
  );
}
