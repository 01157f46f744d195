import type { Post } from "./post.ts";

/** One line of the log: a post, or something between posts. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "new"; readonly key: string }
  | {
      readonly kind: "post";
      readonly key: string;
      readonly post: Post;
      /** The first of a run by one author: shows the name. */
      readonly first: boolean;
      /** The last of a run: shows the face. */
      readonly last: boolean;
      /** Somebody else has seen it. */
      readonly seen: boolean;
    };

export interface RowOptions {
  /** Posts of others after this id stand below a line that says "new". */
  readonly newAfter?: number | undefined;
  /** The newest message that somebody else has seen. */
  readonly seen?: number | undefined;
  /** A number for the day that a time falls on; by the clock of the reader. */
  readonly dayOf?: (at: number) => number;
}

const runGapMs = 5 * 60_000;

/** Posts with the days between them, grouped in runs by one author without a long pause. */
export function rowsOf(posts: readonly Post[], options: RowOptions = {}): Row[] {
  const { newAfter, seen = 0, dayOf = localDay } = options;
  const rows: Row[] = [];
  const firstNew = newAfter === undefined ? -1 : posts.findIndex((post) => isNew(post, newAfter));
  posts.forEach((post, i) => {
    const before = posts[i - 1];
    const after = posts[i + 1];
    const newDay = before === undefined || dayOf(before.at) !== dayOf(post.at);
    if (newDay) rows.push({ kind: "day", key: `day ${dayOf(post.at)} ${post.key}`, at: post.at });
    if (i === firstNew) rows.push({ kind: "new", key: "new" });
    const first = newDay || i === firstNew || !isSameRun(before, post);
    const last =
      after === undefined ||
      i + 1 === firstNew ||
      dayOf(after.at) !== dayOf(post.at) ||
      !isSameRun(post, after);
    const isSeen = post.id !== undefined && post.id <= seen;
    rows.push({ kind: "post", key: post.key, post, first, last, seen: isSeen });
  });
  return rows;
}

/** Days since 1970 by the local calendar. */
export function localDay(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

function isNew(post: Post, newAfter: number): boolean {
  return !post.mine && post.id !== undefined && post.id > newAfter;
}

function isSameRun(before: Post | undefined, post: Post): boolean {
  return (
    before !== undefined &&
    before.author.id === post.author.id &&
    before.author.name === post.author.name &&
    Math.abs(post.at - before.at) <= runGapMs
  );
}
