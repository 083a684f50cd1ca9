import { Fragment, type ReactElement, type ReactNode } from "react";

/**
 * Markdown as people write it in notes: headings, lists, quotes, code, emphasis, and links. It only ever makes elements of React, so that
 * no text of anybody becomes HTML; links lead to http, https, and mailto addresses alone.
 */
export function Markdown({ text }: { text: string }): ReactElement {
  return (
    <div className="markdown" dir="auto">
      {blocks(text).map((block, i) => (
        <Fragment key={i}>{block}</Fragment>
      ))}
    </div>
  );
}

const INLINE = /(`+)([^`]+?)\1|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()]+)/g;
const SAFE_LINK = /^(?:https?:|mailto:)/i;

function blocks(text: string): ReactNode[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const made: ReactNode[] = [];
  let i = 0;
  const take = (belongs: (line: string) => boolean): string[] => {
    const from = i;
    while (i < lines.length && belongs(lines[i] ?? "")) i++;
    return lines.slice(from, i);
  };
  while (i < lines.length) {
    const line = lines[i] ?? "";
    if (line.trim() === "") i++;
    else if (line.startsWith("```")) {
      i++;
      made.push(<pre dir="auto">{take((each) => !each.startsWith("```")).join("\n")}</pre>);
      i++;
    } else if (/^#{1,6}\s/.test(line)) {
      made.push(<h3>{inline(line.replace(/^#+\s+/, ""))}</h3>);
      i++;
    } else if (/^\s*[-*+]\s/.test(line)) made.push(<ul>{items(take(isBullet), /^\s*[-*+]\s+/)}</ul>);
    else if (/^\s*\d+[.)]\s/.test(line)) made.push(<ol>{items(take(isNumbered), /^\s*\d+[.)]\s+/)}</ol>);
    else if (line.startsWith(">"))
      made.push(
        <blockquote>
          {inline(
            take((each) => each.startsWith(">"))
              .map(unquoted)
              .join(" "),
          )}
        </blockquote>,
      );
    else made.push(<p dir="auto">{inline(take(isPlain).join("\n"))}</p>);
  }
  return made;
}

const isBullet = (line: string) => /^\s*[-*+]\s/.test(line);
const isNumbered = (line: string) => /^\s*\d+[.)]\s/.test(line);
const isPlain = (line: string) => line.trim() !== "" && !/^(?:```|#{1,6}\s|>)/.test(line) && !isBullet(line) && !isNumbered(line);
const unquoted = (line: string) => line.replace(/^>\s?/, "");

function items(lines: readonly string[], mark: RegExp): ReactNode[] {
  return lines.map((line, i) => (
    <li key={i} dir="auto">
      {inline(line.replace(mark, ""))}
    </li>
  ));
}

function inline(text: string): ReactNode[] {
  const made: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    made.push(text.slice(end, match.index), <Fragment key={match.index}>{marked(match)}</Fragment>);
    end = match.index + match[0].length;
  }
  return [...made, text.slice(end)];
}

function marked([whole, , code, strong, strongToo, emphasis, label, target, address]: RegExpMatchArray): ReactNode {
  if (code !== undefined) return <code>{code}</code>;
  if (strong !== undefined || strongToo !== undefined) return <strong>{strong ?? strongToo}</strong>;
  if (emphasis !== undefined) return <em>{emphasis}</em>;
  const href = target ?? address ?? "";
  if (!SAFE_LINK.test(href)) return whole;
  return (
    <a href={href} rel="noreferrer noopener" target="_blank">
      {label ?? address}
    </a>
  );
}
