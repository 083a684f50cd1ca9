import { useRef, useState, type ReactElement } from "react";
import { Icon } from "../../parts/icon.js";

interface Props {
  isBusy: boolean;
  hasTurns: boolean;
  send: (question: string) => void;
  stop: () => void;
  clear: () => void;
}

/** Where one asks: Enter sends, Shift+Enter makes a line. */
export function Composer({ isBusy, hasTurns, send, stop, clear }: Props): ReactElement {
  const [text, setText] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const ask = () => {
    if (text.trim() === "" || isBusy) return;
    send(text);
    setText("");
    box.current?.focus();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <textarea
        ref={box}
        rows={2}
        dir="auto"
        aria-label="Question"
        placeholder="Question for both sides"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          ask();
        }}
      />
      <div className="tools">
        {isBusy ? (
          <button type="button" onClick={stop}>
            <Icon name="stop" /> Stop
          </button>
        ) : (
          <button type="submit" className="primary" disabled={text.trim() === ""}>
            <Icon name="send" /> Send
          </button>
        )}
        {hasTurns && (
          <button type="button" onClick={clear}>
            <Icon name="trash" /> Clear
          </button>
        )}
      </div>
    </form>
  );
}
