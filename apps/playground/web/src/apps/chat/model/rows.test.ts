import { describe, expect, it } from "vitest";
import type { Post } from "./post.ts";
import { localDay, rowsOf } from "./rows.ts";

const minute = 60_000;
const dayOf = (at: number): number => Math.floor(at / 86_400_000);

function post(id: number, author: string, at: number, change: Partial<Post> = {}): Post {
  return {
    key: `${author} ${id}`,
    id,
    author: { id: author, name: author },
    mine: author === "me",
    at,
    text: "text",
    picture: undefined,
    state: "stored",
    error: undefined,
    ...change,
  };
}

/** "day", "new", or the post's id in brackets that open with a run and close with it. */
function sketch(posts: Post[], newAfter?: number): string {
  return rowsOf(posts, { newAfter, dayOf })
    .map((row) =>
      row.kind === "post"
        ? `${row.first ? "(" : ""}${row.post.id}${row.last ? ")" : ""}`
        : row.kind,
    )
    .join(" ");
}

describe("rowsOf", () => {
  it("has nothing for nothing", () => {
    expect(rowsOf([])).toEqual([]);
  });

  it("groups a run by one author", () => {
    expect(
      sketch([post(1, "a", 0), post(2, "a", minute), post(3, "b", minute), post(4, "a", minute)]),
    ).toBe("day (1 2) (3) (4)");
  });

  it("ends a run with a pause, and with a new name", () => {
    expect(sketch([post(1, "a", 0), post(2, "a", 5 * minute), post(3, "a", 10 * minute + 1)])).toBe(
      "day (1 2) (3)",
    );
    const renamed = post(2, "a", 1, { author: { id: "a", name: "Other" } });
    expect(sketch([post(1, "a", 0), renamed])).toBe("day (1) (2)");
  });

  it("puts a line between days", () => {
    const midnight = 86_400_000;
    expect(sketch([post(1, "a", midnight - 1), post(2, "a", midnight)])).toBe("day (1) day (2)");
  });

  it("puts the line above the first new post of somebody else", () => {
    const posts = [post(1, "a", 0), post(2, "me", 1), post(3, "a", 2), post(4, "a", 3)];
    expect(sketch(posts, 1)).toBe("day (1) (2) new (3 4)");
    expect(sketch(posts, 3)).toBe("day (1) (2) (3) new (4)");
    expect(sketch(posts, 4)).toBe("day (1) (2) (3 4)");
  });

  it("has a key of its own for each row", () => {
    const posts = [
      post(1, "a", 0),
      post(2, "a", 86_400_000),
      post(3, "a", 0),
      post(4, "a", 86_400_000),
    ];
    const keys = rowsOf(posts, { dayOf }).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("localDay", () => {
  it("changes at the reader's midnight", () => {
    const midnight = new Date(2026, 2, 29).getTime();
    expect(localDay(midnight) - localDay(midnight - 1)).toBe(1);
    expect(localDay(new Date(2026, 2, 29, 23, 59).getTime())).toBe(localDay(midnight));
  });
});
