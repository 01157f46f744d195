import type { JSX } from "preact";
import { Dialog } from "../../../ui/dialog.tsx";
import { IconButton } from "../../../ui/icon-button.tsx";
import { Icon } from "../../../ui/icon.tsx";
import type { Post } from "../model/post.ts";
import { fullTimeText } from "../model/times.ts";
import { useChat } from "./chat-context.ts";

/** A picture as large as the window allows, and its bytes as a file. */
export function Lightbox({ post, onClose }: { post: Post; onClose: () => void }): JSX.Element {
  const view = useChat().pictures.view(post.key).value;
  const author = post.mine ? "You" : post.author.name;
  return (
    <Dialog label={`Picture by ${author}`} class="lightbox" onClose={onClose} testId="lightbox">
      <div class="dialog-head">
        <p>
          <b dir="auto">{author}</b>
          <span>{fullTimeText(post.at)}</span>
        </p>
        <div class="lightbox-actions">
          {view.state === "ready" && (
            <a
              class="icon-button"
              href={view.url}
              download={fileName(post)}
              aria-label="Download"
              title="Download"
              data-testid="download"
            >
              <Icon name="download" />
            </a>
          )}
          <IconButton icon="close" label="Close" onClick={onClose} />
        </div>
      </div>
      {view.state === "ready" && (
        <img src={view.url} alt={post.text === "" ? `Picture by ${author}` : post.text} />
      )}
    </Dialog>
  );
}

function fileName(post: Post): string {
  const extension = (post.picture?.type ?? "image/png")
    .slice("image/".length)
    .replace("jpeg", "jpg");
  const day = new Date(post.at).toISOString().slice(0, 10);
  return `picture-${day}-${post.id ?? "new"}.${extension}`;
}
