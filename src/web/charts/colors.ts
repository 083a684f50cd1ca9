import { useEffect, useState } from "react";

/** The colors of charts, which are those of the page. */
export interface ChartColors {
  ink: string;
  soft: string;
  line: string;
  surface: string;
  accent: string;
  good: string;
  bad: string;
  isDark: boolean;
  /** For series: told apart by most people, on light and on dark ground. */
  series: string[];
}

const LIGHT = ["#3451c9", "#c2410c", "#0f766e", "#a21caf", "#4d7c0f", "#b45309", "#0369a1", "#be123c", "#6d28d9", "#57534e"];
const DARK = ["#8fa6ff", "#fb923c", "#2dd4bf", "#e879f9", "#a3e635", "#fbbf24", "#38bdf8", "#fb7185", "#c4b5fd", "#d6d3d1"];

/** The colors as they are now; another object once the theme has changed. */
export function useChartColors(): ChartColors {
  const [colors, setColors] = useState(readColors);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const update = () => setColors(readColors());
    system.addEventListener("change", update);
    window.addEventListener("llmops-theme", update);
    return () => {
      system.removeEventListener("change", update);
      window.removeEventListener("llmops-theme", update);
    };
  }, []);
  return colors;
}

function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const isDark = style.colorScheme.trim() === "dark";
  return {
    ...{ ink: color("ink"), soft: color("ink-soft"), line: color("line"), surface: color("raised"), accent: color("accent") },
    ...{ good: color("good"), bad: color("bad"), isDark },
    series: isDark ? DARK : LIGHT,
  };
}
