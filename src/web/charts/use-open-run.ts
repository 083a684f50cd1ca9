import { useCallback } from "react";
import { useLocation } from "wouter";

/** Opens the run of what was pressed in a chart, where it has one. */
export function useOpenRun(): (index: number, data: unknown) => void {
  const [, navigate] = useLocation();
  return useCallback(
    (_index: number, data: unknown) => {
      const run = (data as { run?: string | null } | undefined)?.run;
      if (run) navigate(`/runs/${run}`);
    },
    [navigate],
  );
}
