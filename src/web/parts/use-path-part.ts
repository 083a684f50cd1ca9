import { usePathname } from "wouter/use-browser-location";

/**
 * A part of the address's path as it was written into it, counted from 0 behind /app/. (Routes decode parts twice, so that a name %41
 * would become A.)
 */
export function usePathPart(index: number): string {
  const part = usePathname().split("/")[index + 2] ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
