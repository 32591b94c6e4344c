// @ts-check
// A pure function, so that every window works out the same shares by itself.

/**
 * Divides a number of slots among viewers: nobody gets more than they want,
 * what one does not want goes to the others, and a remainder goes to the
 * smallest ids. Every viewer must call it with the same list to get one answer.
 * @param {{id: string, wants: number}[]} viewers
 * @param {number} total
 * @returns {Map<string, number>}
 */
export function share(viewers, total) {
  const sorted = [...viewers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const got = new Map(sorted.map((v) => [v.id, 0]));
  for (let left = total; left > 0;) {
    const hungry = sorted.filter((v) => (got.get(v.id) ?? 0) < v.wants);
    if (hungry.length === 0) break;
    for (const v of hungry.slice(0, left)) got.set(v.id, (got.get(v.id) ?? 0) + 1);
    left -= Math.min(left, hungry.length);
  }
  return got;
}
