import type { ReactElement, ReactNode } from "react";
import { Link } from "wouter";
import { usePlace } from "./place.js";

interface Props {
  /** Of a page of the application. */
  href: string;
  children: ReactNode;
  className?: string | undefined;
  title?: string | undefined;
  dir?: "auto";
  tabIndex?: number;
  "aria-label"?: string;
}

/** A link to a page of the application; in a file, which has no other pages, what it says. */
export function PageLink({ href, children, tabIndex, ...own }: Props): ReactElement {
  const { isFile } = usePlace();
  if (isFile) return <span {...own}>{children}</span>;
  return (
    <Link href={href} {...own} {...(tabIndex === undefined ? {} : { tabIndex })}>
      {children}
    </Link>
  );
}

/** A link that is a button: in a file there is none. */
export function PageButton({ href, children }: Pick<Props, "href" | "children">): ReactElement | null {
  const { isFile } = usePlace();
  if (isFile) return null;
  return (
    <Link className="button-link" href={href}>
      {children}
    </Link>
  );
}
