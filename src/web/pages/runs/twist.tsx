import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.js";

interface Props {
  /** What stands below the line. */
  what: string;
  isOpen: boolean;
  toggle: () => void;
}

/** Shows and hides what stands below a line. */
export function Twist({ what, isOpen, toggle }: Props): ReactElement {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="icon-button"
      aria-expanded={isOpen}
      aria-label={`${isOpen ? "Hide" : "Show"} ${what}`}
      onClick={toggle}
    >
      <Icon name={isOpen ? "down" : "right"} />
    </button>
  );
}
