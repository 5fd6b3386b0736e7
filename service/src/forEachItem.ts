import { withinLimits } from "./limits.js";

/**
 * Does the work for each item, some at a time and within the resource's limits. Stops after several failures in a row,
 * since ACS or the database is probably down, and the rest can wait.
 */
export async function forEachItem<Item>(
  items: AsyncGenerator<Item>,
  work: (item: Item) => Promise<void>,
  onFailure: (item: Item, error: unknown) => void,
  { atOnce = 10, failuresInARow = 10 } = {},
): Promise<void> {
  let failedInARow = 0;
  const worker = async () => {
    // All workers share the generator. If one leaves the loop, it ends for the others, too.
    for await (const item of items) {
      try {
        await withinLimits(() => work(item));
        failedInARow = 0;
      } catch (error) {
        onFailure(item, error);
        if (++failedInARow >= failuresInARow) return;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
