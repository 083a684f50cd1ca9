/** The executed lines by the path of their source, counted from 1. */
export function executedLines(folders: { dumps: string; dist: string; maps: string }): Map<string, Set<number>>;
