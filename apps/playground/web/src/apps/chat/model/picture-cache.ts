import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Post } from "./post.ts";

/** A picture on its way to the screen. */
export type PictureView =
  | { readonly state: "absent" | "loading" | "failed" }
  | { readonly state: "ready"; readonly url: string; readonly blob: Blob };

/** Finds the bytes of a post's picture; undefined when that is not possible now. */
export type PictureSource = (post: Post) => Promise<Blob | undefined>;

const bytesMax = 150_000_000;
const loadsMax = 3;

/** Pictures by post key. Loads what is asked for, a few at a time, and lets go of those not used for longest. */
export class PictureCache {
  readonly #source: PictureSource;
  readonly #views: Map<string, Signal<PictureView>> = new Map();
  readonly #queue: Post[] = [];
  #loads = 0;
  #bytes = 0;

  constructor(source: PictureSource) {
    this.#source = source;
  }

  view(key: string): ReadonlySignal<PictureView> {
    return this.#slot(key);
  }

  /** The picture is here already: its author is. */
  seed(key: string, blob: Blob): void {
    const slot = this.#slot(key);
    if (slot.value.state === "ready") return;
    slot.value = { state: "ready", url: URL.createObjectURL(blob), blob };
    this.#bytes += blob.size;
    this.#trim(key);
  }

  /** The picture is about to be seen. */
  want(post: Post): void {
    const slot = this.#slot(post.key);
    // Most recently used goes to the end.
    this.#views.delete(post.key);
    this.#views.set(post.key, slot);
    if (slot.value.state === "ready" || slot.value.state === "loading") return;
    slot.value = { state: "loading" };
    this.#queue.push(post);
    this.#load();
  }

  #slot(key: string): Signal<PictureView> {
    let slot = this.#views.get(key);
    if (slot === undefined) this.#views.set(key, (slot = signal<PictureView>({ state: "absent" })));
    return slot;
  }

  #load(): void {
    const post = this.#loads < loadsMax ? this.#queue.shift() : undefined;
    if (post === undefined) return;
    this.#loads++;
    void this.#source(post).then((blob) => {
      this.#loads--;
      if (blob === undefined) this.#slot(post.key).value = { state: "failed" };
      else this.seed(post.key, blob);
      this.#load();
    });
  }

  #trim(keptKey: string): void {
    for (const [key, slot] of this.#views) {
      if (this.#bytes <= bytesMax) return;
      const view = slot.value;
      if (view.state !== "ready" || key === keptKey) continue;
      URL.revokeObjectURL(view.url);
      this.#bytes -= view.blob.size;
      slot.value = { state: "absent" };
    }
  }
}
