import { DeliveryError } from "./errors.ts";
import type { OpenOutbox, OutboxStore, StoredEntry, StoredState, StoreChanges } from "./store.ts";

const databaseName = "hawser-outbox";
/** What the client knows of each outbox, by its key; and its messages, by its key and their id. */
const boxesStore = "boxes";
const entriesStore = "entries";

/**
 * The outbox in the browser's database. Pages never share one: each has a number of its own behind the name, and holds
 * a lock on it that ends with the page. What a page has left behind is taken over by the next that opens.
 */
export const indexedDbStore: OutboxStore = {
  async open(name: string): Promise<OpenOutbox> {
    const { locks } = globalThis.navigator ?? {};
    if (typeof indexedDB === "undefined" || !locks) {
      throw new DeliveryError("STORE_UNAVAILABLE", "no", {
        text: "IndexedDB and Web Locks are needed for the outbox: a page that came over https or from localhost",
      });
    }
    const database = await openDatabase();
    for (const slot of await slotsOf(database, name)) {
      const key = `${name}#${slot}`;
      const release = await lock(locks, `${databaseName}:${key}`);
      if (!release) continue;
      const transaction = database.transaction([boxesStore, entriesStore]);
      const [state, entries] = await Promise.all([
        done<StoredState | undefined>(transaction.objectStore(boxesStore).get(key)),
        done<StoredEntry[]>(transaction.objectStore(entriesStore).getAll(rangeOf(key))),
      ]);
      return new Box(database, key, state, entries, release);
    }
    throw new DeliveryError("STORE_UNAVAILABLE", "no");
  },
};

class Box implements OpenOutbox {
  readonly state: StoredState | undefined;
  readonly entries: readonly StoredEntry[];
  private database: IDBDatabase;
  /** Browsers end connections at times, such as when they clear storage. */
  private isLost = false;
  private readonly key: string;
  private readonly release: () => void;

  constructor(
    database: IDBDatabase,
    key: string,
    state: StoredState | undefined,
    entries: readonly StoredEntry[],
    release: () => void,
  ) {
    this.database = database;
    this.key = key;
    this.state = state;
    this.entries = entries;
    this.release = release;
    this.watch();
  }

  async save({ state, put, remove }: StoreChanges): Promise<void> {
    if (this.isLost) {
      this.database = await openDatabase();
      this.watch();
    }
    const transaction = this.database.transaction([boxesStore, entriesStore], "readwrite");
    const boxes = transaction.objectStore(boxesStore);
    const entries = transaction.objectStore(entriesStore);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    try {
      if (state) boxes.put(state, this.key);
      for (const row of put) entries.put(row, [this.key, row.id]);
      for (const id of remove) entries.delete([this.key, id]);
      transaction.commit();
    } catch (error) {
      transaction.abort();
      ended.catch(() => {});
      throw error;
    }
    await ended;
  }

  close(): void {
    this.database.close();
    this.release();
  }

  private watch(): void {
    this.isLost = false;
    this.database.onclose = () => {
      this.isLost = true;
    };
  }
}

/** The numbers to try: first those with messages, then what is known, then a new one. */
async function slotsOf(database: IDBDatabase, name: string): Promise<number[]> {
  const transaction = database.transaction([boxesStore, entriesStore]);
  const prefix = `${name}#`;
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const entries = IDBKeyRange.bound([prefix], [`${prefix}\uffff`]);
  const [boxes, held] = await Promise.all([
    done(transaction.objectStore(boxesStore).getAllKeys(range)),
    done(transaction.objectStore(entriesStore).getAllKeys(entries)),
  ]);
  const slotOf = (key: unknown) => Number(String(key).slice(prefix.length));
  const withEntries = held.map((key) => slotOf((key as unknown[])[0]));
  // In the order of the keys.
  const slots = new Set([...withEntries, ...boxes.map(slotOf)].filter((it) => it >= 0));
  // More than there can be pages that come at the same moment.
  const fresh = slots.size ? Math.max(...slots) + 1 : 0;
  for (let slot = 0; slot < fresh + 100; slot++) slots.add(slot);
  return Array.from(slots);
}

/** Holds a lock for as long as the page lives, or until it is released; undefined when another page has it. */
function lock(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (held) => {
        if (!held) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

function rangeOf(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key], [key, Infinity]);
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(boxesStore);
    request.result.createObjectStore(entriesStore);
  };
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
