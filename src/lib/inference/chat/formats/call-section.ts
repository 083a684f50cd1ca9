import type { Parse, Source } from "./source.js";

/** What stands around the calls of an answer; empty where a family has no such mark. */
export interface CallSection {
  /** Around all calls together. */
  section: readonly [string, string];
  /** Before each call. */
  open: string;
}

/** Reads one call after another, from behind the opening mark of their section, or of a single call. Throws Unreadable. */
export function* readSection(source: Source, { section: [begin, end], open }: CallSection, opened: string, readCall: () => Parse): Parse {
  const isInSection = begin !== "" && opened === begin;
  if (isInSection && open !== "") {
    yield* source.space();
    yield* source.expect(open);
  }
  for (;;) {
    yield* readCall();
    if (!isInSection) return;
    yield* source.space();
    if (end !== "" && (yield* source.takeOne([end])) !== undefined) return;
    if (open === "" || (yield* source.takeOne([open])) === undefined) return;
  }
}
