const databaseName = "hawser-chat";
const storeName = "pictures-on-their-way";

/**
 * The bytes of pictures that the server does not have yet, by message key: in memory, and in IndexedDB
 * so that they outlive a reload. Where the browser has no IndexedDB, memory is all there is.
 */
export class PictureVault {
  readonly #memory: Map<string, Blob> = new Map();
  #database: Promise<IDBDatabase> | undefined;

  put(key: string, picture: Blob): void {
    this.#memory.set(key, picture);
    void this.#run("readwrite", (store) => store.put(picture, key));
  }

  async get(key: string): Promise<Blob | undefined> {
    const picture =
      this.#memory.get(key) ?? (await this.#run<unknown>("readonly", (store) => store.get(key)));
    return picture instanceof Blob ? picture : undefined;
  }

  delete(key: string): void {
    this.#memory.delete(key);
    void this.#run("readwrite", (store) => store.delete(key));
  }

  async #run<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> {
    try {
      this.#database ??= openDatabase();
      const database = await this.#database;
      return await resultOf(work(database.transaction(storeName, mode).objectStore(storeName)));
    } catch {
      return undefined;
    }
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(storeName));
  return resultOf(request);
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}
