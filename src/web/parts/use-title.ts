import { useEffect } from "react";
import { visibleText } from "../format/visible-text.js";

/** Names the page in the browser's tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "llmops" : `${visibleText(title)} · llmops`;
  }, [title]);
}
