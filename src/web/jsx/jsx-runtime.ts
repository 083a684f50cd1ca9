import type { ElementType, Key, ReactElement } from "react";
import * as react from "react/jsx-runtime";
import { visibleText } from "../format/visible-text.js";

/**
 * What the build turns JSX into: React's runtime, given only texts that have passed visibleText. So no name, tag, or file of a store can
 * show another text than it has, whatever page it is on. What is typed and sent is not changed. For types, JSX is React's own.
 */
export const { Fragment } = react;

/** Makes an element with at most one child. */
export function jsx(type: ElementType, props: Props, key?: Key): ReactElement {
  return react.jsx(type, withVisibleTexts(type, props), key);
}

/** Makes an element with several children. */
export function jsxs(type: ElementType, props: Props, key?: Key): ReactElement {
  return react.jsxs(type, withVisibleTexts(type, props), key);
}

type Props = Readonly<Record<string, unknown>>;

/** What is shown of an element besides its children. */
const SHOWN = ["title", "aria-label", "alt", "placeholder"];

/** Most elements show nothing that has to change: theirs are the props they were given. */
function withVisibleTexts(type: ElementType, props: Props): Props {
  let changed: Record<string, unknown> | undefined;
  for (const name of SHOWN) {
    const shown = visible(props[name]);
    if (shown !== props[name]) changed = { ...changed, [name]: shown };
  }
  const { children } = props;
  const shown = visibleChildren(children);
  if (shown !== children) {
    changed = { ...changed, children: shown };
    if (type === "option" && props["value"] === undefined) changed["value"] = children;
  }
  return changed ? { ...props, ...changed } : props;
}

function visibleChildren(children: unknown): unknown {
  if (!Array.isArray(children)) return visible(children);
  return children.some((child) => visible(child) !== child) ? children.map(visible) : children;
}

function visible(value: unknown): unknown {
  return typeof value === "string" ? visibleText(value) : value;
}
