/** A binary heap; `top` is the item before which no other is. */
export class MinHeap<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (left: T, right: T) => boolean;

  constructor(isBefore: (left: T, right: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get top(): T | undefined {
    return this.#items[0];
  }

  get size(): number {
    return this.#items.length;
  }

  /** An item that could be the next after the top, for a look ahead; undefined when there is none. */
  get second(): T | undefined {
    const [, left, right] = this.#items;
    if (left === undefined || right === undefined) return left;
    return this.#isBefore(right, left) ? right : left;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !this.#isBefore(item, parent)) return;
      items[at] = parent;
      items[above] = item;
      at = above;
    }
  }

  /** Takes the top out. */
  pop(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.sink();
  }

  /** Restores the order after the top has changed. */
  sink(): void {
    const items = this.#items;
    const [item] = items;
    if (item === undefined) return;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let least = left;
      let child = items[left];
      const right = items[left + 1];
      if (child === undefined) return;
      if (right !== undefined && this.#isBefore(right, child)) {
        least = left + 1;
        child = right;
      }
      if (!this.#isBefore(child, item)) return;
      items[at] = child;
      items[least] = item;
      at = least;
    }
  }
}
