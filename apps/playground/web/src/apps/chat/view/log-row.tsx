import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Post } from "../model/post.ts";
import type { Row } from "../model/rows.ts";
import { dayText } from "../model/times.ts";
import { PostView } from "./post-view.tsx";
import type { PostViewProps } from "./post-view.tsx";

export function LogRow({
  row,
  onPicture,
}: {
  row: Row;
  onPicture: (post: Post) => void;
}): JSX.Element {
  if (row.kind === "post") {
    const { kind: _, key: __, ...props } = row;
    return <PostRow {...props} onPicture={onPicture} />;
  }
  if (row.kind === "new") {
    return (
      <li class="log-new" data-row="new" data-testid="new-line">
        <span>New</span>
      </li>
    );
  }
  return (
    <li class="log-day" data-row="day">
      <span>{dayText(row.at, Date.now())}</span>
    </li>
  );
}

/** Drawn again only when the post has changed: a new message must not cost as much as all before it. */
function PostRow({ post, first, last, seen, onPicture }: PostViewProps): JSX.Element {
  return useMemo(
    () => <PostView post={post} first={first} last={last} seen={seen} onPicture={onPicture} />,
    [post, first, last, seen, onPicture],
  );
}
