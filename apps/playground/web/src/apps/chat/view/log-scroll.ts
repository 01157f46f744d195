import { useLayoutEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

/** How near to the end counts as being there, and how near to the start asks for older messages. */
const endPixels = 60;
const startPixels = 400;

export interface LogScrollOptions {
  /** Changes when messages are put before the others. */
  readonly firstKey: string | undefined;
  /** Changes with everything that is shown. */
  readonly content: unknown;
  /** The last post is the person's own, and new. */
  readonly lastOwnKey: string | undefined;
  readonly onEnd: (atEnd: boolean) => void;
  readonly onStart: () => void;
}

export interface LogScroll {
  readonly log: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

interface Place {
  atEnd: boolean;
  /** Distance from the top of the view to the end of the content, in pixels: what stays when older messages come. */
  fromEnd: number;
  firstKey: string | undefined;
  lastOwnKey: string | undefined;
}

/**
 * Keeps the log where its reader is: at the end while new messages come in, on the same message while
 * older ones are put before it, and at the first new message when the room is opened.
 */
export function useLogScroll(options: LogScrollOptions): LogScroll {
  const log = useRef<HTMLDivElement>(null);
  const place = useRef<Place | undefined>(undefined);
  const { firstKey, lastOwnKey, onEnd, onStart } = options;

  const onScroll = (): void => {
    const element = log.current;
    if (element === null || place.current === undefined) return;
    remember(element, place.current);
    onEnd(place.current.atEnd);
    if (element.scrollTop < startPixels) onStart();
  };

  useLayoutEffect(() => {
    const element = log.current;
    if (element === null || firstKey === undefined) return;
    const known = place.current;
    if (known === undefined) {
      place.current = { atEnd: true, fromEnd: 0, firstKey, lastOwnKey };
      openAt(element);
    } else if (known.firstKey !== firstKey && !known.atEnd) {
      element.scrollTop = element.scrollHeight - known.fromEnd;
    } else if (known.atEnd || (lastOwnKey !== undefined && lastOwnKey !== known.lastOwnKey)) {
      element.scrollTop = element.scrollHeight;
    }
    if (known !== undefined) Object.assign(known, { firstKey, lastOwnKey });
    onScroll();
  }, [options.content]);

  useLayoutEffect(() => {
    const element = log.current;
    if (element === null) return undefined;
    // The view becomes smaller when the composer grows or a keyboard opens; the content, when a picture is replaced.
    const observer = new ResizeObserver(() => {
      if (place.current?.atEnd === true) element.scrollTop = element.scrollHeight;
      onScroll();
    });
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  const toEnd = (): void => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.current?.scrollTo({
      top: log.current.scrollHeight,
      behavior: still ? "instant" : "smooth",
    });
  };
  return { log, onScroll, toEnd };
}

function remember(element: HTMLElement, place: Place): void {
  place.fromEnd = element.scrollHeight - element.scrollTop;
  place.atEnd = place.fromEnd - element.clientHeight < endPixels;
}

function openAt(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
  const firstNew = element.querySelector<HTMLElement>("[data-row=new]");
  if (firstNew === null) return;
  const above = firstNew.getBoundingClientRect().top - element.getBoundingClientRect().top;
  if (above < 0) element.scrollTop += above - element.clientHeight / 4;
}
