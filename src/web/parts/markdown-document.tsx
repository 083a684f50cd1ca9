import type { ReactElement, ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

/** Pictures would be asked for from anywhere: they are links. */
const COMPONENTS: Components = {
  img: ({ src, alt }) => <Link href={typeof src === "string" ? src : undefined}>{alt === undefined || alt === "" ? "image" : alt}</Link>,
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  // the only fields of Markdown are the boxes of task lists
  input: ({ checked }) => <input type="checkbox" aria-label={checked ? "done" : "open"} checked={checked ?? false} disabled />,
};

/** GitHub's Markdown as elements of React; HTML in it is left out, and links lead nowhere but to addresses that run nothing. */
export default function MarkdownDocument({ text }: { text: string }): ReactElement {
  return (
    <ReactMarkdown skipHtml remarkPlugins={[remarkGfm]} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  );
}

function Link({ href, children }: { href: string | undefined; children: ReactNode }): ReactElement {
  return (
    <a href={href} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  );
}
