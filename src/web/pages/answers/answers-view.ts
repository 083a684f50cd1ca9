import { useCallback, useMemo } from "react";
import type { AnswersQuery, AnswersWindow, Shown } from "../../api/answers.js";
import { useSearchParams } from "../../parts/use-search-params.js";

/** Whether ratings are pass and fail, or levels from 1 to 5. */
export type RatingScale = "pass" | "levels";

/** What of the page is in the address. */
export interface AnswersView {
  show: Shown;
  score: string;
  min: string;
  max: string;
  topic: string;
  words: string;
  /** Changed words are marked, beside the first run's answers. */
  isDiff: boolean;
  /** Undefined where nobody chose: the scale of the ratings that are there. */
  scale: RatingScale | undefined;
}

export const SHOWN: Record<Shown, string> = {
  all: "All rows",
  flips: "Score flips",
  differ: "Answers differ",
  failed: "Failed or unscored",
  rated: "Rated",
};

/** Reads the view that an address has; what cannot be meant is as usual. */
export function readAnswersView(params: URLSearchParams): AnswersView {
  const show = params.get("show") ?? "all";
  const text = (name: string) => params.get(name) ?? "";
  return {
    show: Object.hasOwn(SHOWN, show) ? (show as Shown) : "all",
    ...{ score: text("score"), min: text("min"), max: text("max"), topic: text("topic"), words: text("q") },
    ...{ isDiff: params.has("diff"), scale: scaleIn(params.get("scale")) },
  };
}

function scaleIn(text: string | null): RatingScale | undefined {
  return text === "levels" || text === "pass" ? text : undefined;
}

/** The scale of ratings: the one that was chosen, else that of most ratings there are, so that one set of labels has one scale. */
export function ratingScale(view: AnswersView, scales: AnswersWindow["scales"] | undefined): RatingScale {
  return view.scale ?? ((scales?.levels ?? 0) > (scales?.pass ?? 0) ? "levels" : "pass");
}

/** The view as parameters over those that an address has besides; what is as usual is left out. */
export function writeAnswersView(view: AnswersView, params: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string) => (value === "" ? next.delete(name) : next.set(name, value));
  put("show", view.show === "all" ? "" : view.show);
  for (const name of ["score", "min", "max", "topic"] as const) put(name, view[name]);
  put("q", view.words);
  put("diff", view.isDiff ? "1" : "");
  put("scale", view.scale ?? "");
  return next;
}

/** The server's query of a view; an end of the range that is not a number is none. */
export function queryOf(runs: readonly string[], view: AnswersView): AnswersQuery {
  const number = (text: string) => (text.trim() === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));
  const [min, max] = [number(view.min), number(view.max)];
  return {
    ...{ runs, show: view.show },
    ...(view.score === "" ? {} : { score: view.score }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(view.topic === "" ? {} : { topic: view.topic }),
    ...(view.words.trim() === "" ? {} : { words: view.words }),
  };
}

/** The view that the address has, and a function that changes parts of it. */
export function useAnswersView(): [AnswersView, (part: Partial<AnswersView>) => void] {
  const [params, setParams, read] = useSearchParams();
  const view = useMemo(() => readAnswersView(params), [params]);
  const change = useCallback(
    (part: Partial<AnswersView>) => {
      const now = read();
      setParams(writeAnswersView({ ...readAnswersView(now), ...part }, now));
    },
    [setParams, read],
  );
  return [view, change];
}
