import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PictureInfo } from "../../../../../shared/chat/events.ts";
import type { Post } from "../model/post.ts";
import { timeText } from "../model/times.ts";
import { useChat } from "./chat-context.ts";
import "./picture-frame.css";

interface PictureFrameProps {
  readonly post: Post;
  readonly picture: PictureInfo;
  readonly onOpen: (post: Post) => void;
}

const edgePixelsMax = 360;

/** A picture in the log. Its place is kept free; its bytes are fetched when it comes near the view. */
export function PictureFrame({ post, picture, onOpen }: PictureFrameProps): JSX.Element {
  const { pictures, line } = useChat();
  const frame = useRef<HTMLButtonElement>(null);
  const view = pictures.view(post.key).value;
  const online = line.state.value === "open";
  useEffect(() => {
    const element = frame.current;
    if (element === null || view.state === "ready") return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) pictures.want(post);
      },
      { rootMargin: "300px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
    // A picture that failed is asked for again when the line is back.
  }, [post.key, online, view.state === "ready"]);
  return (
    <button
      ref={frame}
      type="button"
      class="picture"
      style={sizeOf(picture)}
      data-testid="picture"
      data-state={view.state}
      aria-label={`Open picture by ${post.mine ? "you" : post.author.name}, ${timeText(post.at)}`}
      onClick={() => (view.state === "ready" ? onOpen(post) : pictures.want(post))}
    >
      {view.state === "ready" && <img src={view.url} alt="" draggable={false} />}
      {view.state === "failed" && <span>Could not be loaded. Press to try again.</span>}
    </button>
  );
}

/** Within the largest edge; very long or flat ones are cut by the frame and whole when opened. */
function sizeOf({ width, height }: PictureInfo): { width: string; aspectRatio: string } {
  const ratio = Math.min(3, Math.max(0.6, width / height));
  const shownWidth = Math.min(width, edgePixelsMax, edgePixelsMax * ratio);
  return { width: `${Math.max(96, Math.round(shownWidth))}px`, aspectRatio: String(ratio) };
}
