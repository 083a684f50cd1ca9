import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components";
import { Icon } from "./icon.js";
import { useAnnounce } from "./toasts.js";

/** A command line to be copied to a terminal. */
export function Command({ label, line }: { label: string; line: string }): ReactElement {
  const announce = useAnnounce();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(line);
      setCopied(true);
    } catch {
      announce("The browser does not let the page copy: select the command and copy it.", true);
    }
  };
  return (
    <div className="command">
      <span className="soft">{label}</span>
      <code tabIndex={0}>{line}</code>
      <Button className="icon-button" aria-label={`Copy the command: ${label}`} onPress={() => void copy()} onBlur={() => setCopied(false)}>
        <Icon name={isCopied ? "check" : "copy"} />
      </Button>
    </div>
  );
}
