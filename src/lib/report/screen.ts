import type { ChalkInstance } from "chalk";

/** What is drawn on: its colors, and how many columns a line may have; Infinity where nothing limits it. */
export interface Screen {
  chalk: ChalkInstance;
  width: number;
}
