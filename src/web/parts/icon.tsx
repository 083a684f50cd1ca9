import type { ReactElement } from "react";

/** Paths on a grid of 20 by 20, drawn as lines. */
const PATHS = {
  home: "M3 9.5 10 3l7 6.5M5 8v9h10V8",
  runs: "M3 5h14M3 10h14M3 15h14M7 3v14",
  models: "M10 2 17 6v8l-7 4-7-4V6ZM3 6l7 4 7-4M10 10v8",
  traces: "M3 5h9M6 10h11M9 15h6",
  monitor: "M2 10h4l2-5 4 10 2-5h4",
  chat: "M3 4h14v9H9l-4 4v-4H3Z",
  send: "M3 10 17 3l-4 14-3-6ZM10 11l7-8",
  charts: "M3 17h14M5 14l4-5 3 3 5-7",
  search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17 17",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M16 11.5A6.5 6.5 0 1 1 8.5 4a5 5 0 0 0 7.5 7.5Z",
  screen: "M3 4h14v9H3ZM7 17h6M10 13v4",
  columns: "M3 4h14v12H3ZM8 4v12M13 4v12",
  download: "M10 3v9M6 9l4 4 4-4M4 16h12",
  trash: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
  restore: "M4 4v4h4M4.5 8A6.5 6.5 0 1 1 4 12",
  tag: "M3 3h7l7 7-7 7-7-7ZM7 7h.01",
  compare: "M7 4v12M13 4v12M3 7h4M13 7h4M3 13h4M13 13h4",
  edit: "M4 16l1-4 8-8 3 3-8 8ZM11 6l3 3",
  close: "M5 5l10 10M15 5 5 15",
  right: "M8 5l5 5-5 5",
  left: "M12 5l-5 5 5 5",
  down: "M5 8l5 5 5-5",
  up: "M5 12l5-5 5 5",
  pin: "M7 3h6l-1 5 3 3H5l3-3ZM10 11v6",
  folder: "M2 5h6l2 2h8v9H2Z",
  file: "M5 2h7l3 3v13H5ZM12 2v4h4",
  tree: "M5 3v12h4M5 8h4M11 6h6v4h-6ZM11 13h6v4h-6Z",
  difference: "M5 7h10M5 13h10M13 3 7 17",
  copy: "M7 7h10v10H7ZM13 7V3H3v10h4",
  check: "M4 10.5l4 4 8-9",
  stop: "M5 5h10v10H5Z",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a label; it says nothing by itself. */
export function Icon({ name }: { name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
