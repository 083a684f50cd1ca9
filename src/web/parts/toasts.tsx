import { createContext, useCallback, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { Button } from "react-aria-components";
import { Icon } from "./icon.js";

interface Toast {
  id: number;
  text: string;
  isBad: boolean;
}

type Announce = (text: string, isBad?: boolean) => void;

const Context = createContext<Announce>(() => undefined);
const SHOWN_MS = 6000;
let lastId = 0;

/** Gives what is inside it a place for short messages. Bad ones stay until they are closed. */
export function Toasts({ children }: { children: ReactNode }): ReactElement {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const close = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  const announce = useCallback<Announce>(
    (text, isBad = false) => {
      const id = ++lastId;
      setToasts((before) => [...before.slice(-3), { id, text, isBad }]);
      if (!isBad) setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const value = useMemo(() => announce, [announce]);
  return (
    <Context value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, isBad }) => (
          <div key={id} className={isBad ? "toast toast-bad" : "toast"}>
            <span dir="auto">{text}</span>
            <Button aria-label="Close" className="icon-button" onPress={() => close(id)}>
              <Icon name="close" />
            </Button>
          </div>
        ))}
      </div>
    </Context>
  );
}

/** A function that shows a short message. */
export function useAnnounce(): Announce {
  return useContext(Context);
}
