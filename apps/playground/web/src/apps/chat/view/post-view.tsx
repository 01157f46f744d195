import type { JSX } from "preact";
import { Avatar } from "../../../ui/avatar.tsx";
import { Icon } from "../../../ui/icon.tsx";
import type { IconName } from "../../../ui/icon.tsx";
import { WireTag } from "../../../ui/wire-tag.tsx";
import { hueOf } from "../../../ui/avatar-look.ts";
import { isEmojiOnly } from "../model/emoji-only.ts";
import type { Post } from "../model/post.ts";
import { fullTimeText, timeText } from "../model/times.ts";
import { useChat } from "./chat-context.ts";
import { MessageText } from "./message-text.tsx";
import { PictureFrame } from "./picture-frame.tsx";
import "./post-view.css";

export interface PostViewProps {
  readonly post: Post;
  readonly first: boolean;
  readonly last: boolean;
  /** Somebody else has seen it. */
  readonly seen: boolean;
  readonly onPicture: (post: Post) => void;
}

/** One message as a bubble. */
export function PostView({ post, first, last, seen, onPicture }: PostViewProps): JSX.Element {
  return (
    <li
      class="post"
      data-testid="message"
      data-mine={post.mine}
      data-first={first}
      data-last={last}
      data-state={post.state}
      data-seen={post.mine && seen}
      data-message-id={post.id}
    >
      {!post.mine && (
        <span class="post-face">{last && <Avatar member={post.author} size="small" />}</span>
      )}
      <div class="post-body">
        <div class="bubble" data-picture={post.picture !== undefined} data-big={isBig(post)}>
          <Author post={post} shown={first && !post.mine} />
          {post.picture !== undefined && (
            <PictureFrame post={post} picture={post.picture} onOpen={onPicture} />
          )}
          {post.text === "" ? (
            <Meta post={post} seen={seen} />
          ) : (
            <p class="post-text" dir="auto">
              <MessageText text={post.text} />
              <Meta post={post} seen={seen} />
            </p>
          )}
        </div>
        {post.state === "failed" && <Failure post={post} />}
      </div>
    </li>
  );
}

function isBig(post: Post): boolean {
  return post.picture === undefined && isEmojiOnly(post.text);
}

function Author({ post, shown }: { post: Post; shown: boolean }): JSX.Element {
  const name = post.mine ? "You" : post.author.name;
  if (!shown) return <span class="visually-hidden">{name}: </span>;
  return (
    <span class="post-by">
      <span class="post-author" data-hue={hueOf(post.author.id)} dir="auto">
        {name}
      </span>
      <WireTag wire={post.author.wire} />
    </span>
  );
}

function Meta({ post, seen }: { post: Post; seen: boolean }): JSX.Element {
  return (
    <span class="post-meta">
      <time dateTime={new Date(post.at).toISOString()} title={fullTimeText(post.at)}>
        {timeText(post.at)}
      </time>
      {post.mine && <Delivery state={post.state} seen={seen} />}
    </span>
  );
}

function Delivery({ state, seen }: { state: Post["state"]; seen: boolean }): JSX.Element {
  if (state === "failed") return <Icon name="alert" />;
  if (state !== "stored") return <Status icon="clock" text={state} />;
  return seen ? <Status icon="seen" text="seen" /> : <Status icon="check" text="sent" />;
}

function Status({ icon, text }: { icon: IconName; text: string }): JSX.Element {
  return (
    <>
      <Icon name={icon} />
      <span data-testid="delivery">{text}</span>
    </>
  );
}

function Failure({ post }: { post: Post }): JSX.Element {
  const chat = useChat();
  return (
    <div class="post-failure" role="alert">
      <span>Not sent. {post.error}</span>
      <button type="button" class="button" data-kind="quiet" onClick={() => chat.retry(post)}>
        Try again
      </button>
      <button type="button" class="button" data-kind="quiet" onClick={() => chat.discard(post)}>
        Discard
      </button>
    </div>
  );
}
