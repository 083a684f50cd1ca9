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

function withVisibleTexts(type: ElementType, props: Props): Props {
  const changed: Record<string, unknown> = {};
  for (const name of SHOWN) note(changed, name, props[name], visible(props[name]));
  const { children } = props;
  note(changed, "children", children, visibleChildren(children));
  if (type === "option" && changed["children"] !== undefined && props["value"] === undefined) changed["value"] = children;
  return Object.keys(changed).length === 0 ? props : { ...props, ...changed };
}

function note(changed: Record<string, unknown>, name: string, before: unknown, after: unknown): void {
  if (after !== before) changed[name] = after;
}

function visibleChildren(children: unknown): unknown {
  if (!Array.isArray(children)) return visible(children);
  const shown = children.map(visible);
  return shown.some((child, i) => child !== children[i]) ? shown : children;
}

function visible(value: unknown): unknown {
  return typeof value === "string" ? visibleText(value) : value;
}
