import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { copyText } from "./copy-text.js";
import { Icon } from "./icon.js";
import { useAnnounce } from "./toasts.js";

interface Props {
  name: string;
  text: () => string;
  done: string;
}

/** A button that puts a text on the clipboard, and says so. */
export function CopyButton({ name, text, done }: Props): ReactElement {
  const announce = useAnnounce();
  const copy = async () => {
    const isCopied = await copyText(text());
    announce(isCopied ? done : "The browser does not let pages copy here.", !isCopied);
  };
  return (
    <Button className="text-button" onPress={() => void copy()}>
      <Icon name="copy" /> {name}
    </Button>
  );
}
