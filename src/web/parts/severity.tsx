import type { ReactElement } from "react";

/** How bad an alert is, as a chip; one that fires is filled with its color. */
export function Severity({ severity, isFiring }: { severity: string; isFiring: boolean }): ReactElement {
  const tone = !isFiring ? "none" : severity === "critical" ? "bad" : severity === "info" ? "info" : "warn";
  return (
    <span className="severity" data-tone={tone} dir="auto">
      {severity}
    </span>
  );
}
