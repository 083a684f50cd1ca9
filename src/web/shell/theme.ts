import { useEffect, useState } from "react";

/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

const KEY = "llmops.theme";
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

/** The theme that was chosen, kept in this browser, and a function that goes to the next. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    window.dispatchEvent(new Event("llmops-theme"));
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // a browser that keeps nothing: the choice lasts as long as the page
    }
  }, [theme]);
  return [theme, () => setTheme((before) => NEXT[before])];
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
