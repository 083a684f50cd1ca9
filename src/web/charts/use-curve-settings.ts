import { useMemo } from "react";
import { useUrlState } from "../parts/use-url-state.js";
import type { CurveAxis, CurveSettings } from "./curves.js";

/** How curves are drawn, kept in the address. */
export function useCurveSettings(): [CurveSettings, (part: Partial<CurveSettings>) => void] {
  const [axis, setAxis] = useUrlState("over", "step");
  const [log, setLog] = useUrlState("log", "");
  const [smoothing, setSmoothing] = useUrlState("smooth", "0");
  const settings = useMemo((): CurveSettings => {
    const weight = Number(smoothing);
    return {
      axis: axis === "time" || axis === "relative" ? (axis satisfies CurveAxis) : "step",
      isLog: log !== "",
      smoothing: weight >= 0 && weight < 1 ? weight : 0,
    };
  }, [axis, log, smoothing]);
  const change = (part: Partial<CurveSettings>) => {
    if (part.axis !== undefined) setAxis(part.axis);
    if (part.isLog !== undefined) setLog(part.isLog ? "1" : "");
    if (part.smoothing !== undefined) setSmoothing(String(part.smoothing));
  };
  return [settings, change];
}
