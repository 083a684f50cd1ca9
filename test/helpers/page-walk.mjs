// Runs in a page: what its keyboard reaches, and which of its texts are cut. Read as text by test/helpers/walk.ts.
globalThis.walk = (() => {
  const CONTROLS =
    "a[href], button:not(:disabled), input:not(:disabled, [type=hidden]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";
  /** Widgets whose parts the arrow keys reach. */
  const WIDGETS = "[role=treegrid], [role=grid], [role=menu], [role=listbox], [role=radiogroup]";

  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const nameOf = (element) => {
    const text = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60);
    return `${element.localName}${element.className ? `.${String(element.className).split(" ")[0]}` : ""} "${text}"`;
  };
  const isPartOfWidget = (element) => {
    const widget = element.closest(WIDGETS);
    if (widget && widget !== element) return true;
    const isOtherRadio = element.type === "radio" && !element.checked;
    return isOtherRadio || element.tabIndex < 0;
  };

  const visited = new Set();
  let lap = new Set();
  let last;

  /** Begins at the page's start again. */
  function restart() {
    lap = new Set();
    last = undefined;
    document.activeElement?.blur();
  }

  /** Notes what has the focus now; the faults it has. */
  function visit() {
    const element = document.activeElement;
    if (!element || element === document.body) return { isEnd: true, faults: [] };
    const isEnd = lap.has(element);
    const faults = [];
    if (!isEnd) {
      const { top, left, bottom, right } = element.getBoundingClientRect();
      const isInWindow = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
      if (!isInWindow || !element.checkVisibility()) faults.push(`${nameOf(element)} has the focus and is not seen`);
      if (!hasRing(element)) faults.push(`${nameOf(element)} does not show that it has the focus`);
      if (last && !(last.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING))
        faults.push(`${nameOf(element)} comes after ${nameOf(last)}`);
    }
    lap.add(element);
    visited.add(element);
    last = element;
    return { isEnd, faults };
  }

  function hasRing(element) {
    const ringed = (one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    };
    return (
      ringed(element) ||
      [...element.querySelectorAll("*")].slice(0, 200).some(ringed) ||
      (element.parentElement !== null && ringed(element.parentElement))
    );
  }

  /** What can be seen and pressed, and was never reached. */
  function missed() {
    return [...document.querySelectorAll(CONTROLS)].filter((one) => isSeen(one) && !isPartOfWidget(one) && !visited.has(one)).map(nameOf);
  }

  /** Texts that are cut where nothing shows them whole, and what is wider than the page. */
  function cut() {
    const faults = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) faults.push(`the page is ${scrollWidth} wide in a window of ${innerWidth}`);
    const main = document.querySelector("main");
    if (main && main.scrollWidth > main.clientWidth) faults.push(`main is ${main.scrollWidth} wide in ${main.clientWidth}`);
    for (const element of document.body.querySelectorAll("*")) {
      if (!isSeen(element) || !hasOwnText(element)) continue;
      const clipper = clipperOf(element);
      if (clipper && !clipper.closest("[title]") && !element.closest("[title]"))
        faults.push(`cut: ${nameOf(element)} in ${nameOf(clipper)}`);
    }
    return faults;
  }

  const hasOwnText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");

  /** What hides a part of an element's text and cannot be scrolled. */
  function clipperOf(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const box = range.getBoundingClientRect();
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const { overflowX, overflowY, clipPath, position } = getComputedStyle(one);
      if (clipPath !== "none") return undefined; // for readers of the screen
      if ([overflowX, overflowY].some((way) => way === "auto" || way === "scroll")) return undefined;
      const { left, right, top, bottom } = one.getBoundingClientRect();
      if (overflowX === "hidden" && (box.right > right + 1.5 || box.left < left - 1.5)) return one;
      if (overflowY === "hidden" && (box.bottom > bottom + 3 || box.top < top - 3)) return one;
      if (position === "fixed") return undefined;
    }
    return undefined;
  }

  return { restart, visit, missed, cut };
})();
