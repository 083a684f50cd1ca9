import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";
import type { ColumnWidths } from "./use-column-widths.js";

interface Props extends Pick<ColumnWidths, "draft" | "choose"> {
  id: string;
}

const STEP = 16;

/** The edge of a column, which is dragged to make it wider or narrower; a double click gives it its usual width. */
export function WidthHandle({ id, draft, choose }: Props): ReactElement {
  const from = useRef<{ x: number; width: number }>(undefined);
  const widthAt = ({ clientX }: PointerEvent) => (from.current ? from.current.width + clientX - from.current.x : 0);
  return (
    <span
      className="width-handle"
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault(); // the column itself is not moved
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: widthOf(event.currentTarget.parentElement) };
      }}
      onPointerMove={(event) => from.current !== undefined && draft(id, widthAt(event))}
      onPointerUp={(event) => {
        if (from.current !== undefined && event.clientX !== from.current.x) choose(id, widthAt(event));
        from.current = undefined;
      }}
      onDoubleClick={() => choose(id, undefined)}
    />
  );
}

/** Shift with Left and Right makes a column narrower and wider. */
export function widthKeys(event: KeyboardEvent, id: string, choose: ColumnWidths["choose"]): void {
  const steps: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP };
  const step = steps[event.key];
  if (!event.shiftKey || step === undefined) return;
  event.preventDefault();
  choose(id, widthOf(event.currentTarget.closest(".cell")) + step);
}

function widthOf(element: Element | null): number {
  return element?.getBoundingClientRect().width ?? 0;
}
