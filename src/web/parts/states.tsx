import type { ReactElement, ReactNode } from "react";
import { Button } from "react-aria-components";
import { ApiError } from "../api/client.js";

/** Gray lines where content will be. */
export function Loading({ lines = 4, label = "Loading" }: { lines?: number; label?: string }): ReactElement {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} style={{ width: `${90 - ((i * 23) % 50)}%` }} />
      ))}
    </div>
  );
}

/** What went wrong, in the server's words, and a button to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }): ReactElement {
  const { title, text } = describe(error);
  return (
    <div className="notice notice-bad" role="alert">
      <strong>{title}</strong>
      <p dir="auto">{text}</p>
      {retry && <Button onPress={retry}>Try again</Button>}
    </div>
  );
}

function describe(error: unknown): { title: string; text: string } {
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ApiError)) return { title: "The page could not be shown", text };
  if (error.status === 0) return { title: "No connection", text };
  if (error.status === 404) return { title: "Not found", text };
  return { title: "The server refused the request", text };
}

/** What a list says that has nothing in it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}
