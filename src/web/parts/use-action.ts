import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAnnounce } from "./toasts.js";

/**
 * A function that changes something on the server, says what was done or why it was not, and has the named queries asked for again;
 * and whether a change is on its way. It answers whether the change was made.
 */
export function useAction(
  keys: readonly string[],
): [run: (change: () => Promise<unknown>, done?: string) => Promise<boolean>, isBusy: boolean] {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [isBusy, setBusy] = useState(false);
  const run = async (change: () => Promise<unknown>, done?: string) => {
    setBusy(true);
    try {
      await change();
      if (done !== undefined) announce(done);
      return true;
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error), true);
      return false;
    } finally {
      setBusy(false);
      await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
    }
  };
  return [run, isBusy];
}
