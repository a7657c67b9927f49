// The order in which functions are interpreted: callees before callers, strongly connected components together.
// Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.

/** Components of a graph given by successor lists; each component after those that it leads to. */
export function components(
  nodes: readonly number[],
  successors: (node: number) => readonly number[],
): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: number[] = [];
  const found: number[][] = [];
  for (const root of nodes) {
    if (index.has(root)) continue;
    const work: { node: number; next: number }[] = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1]!;
      const { node } = frame;
      if (frame.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node)!);
        stack.push(node);
        onStack.add(node);
      }
      const list = successors(node);
      let descended = false;
      while (frame.next < list.length) {
        const to = list[frame.next++]!;
        if (!index.has(to)) {
          work.push({ node: to, next: 0 });
          descended = true;
          break;
        }
        if (onStack.has(to)) low.set(node, Math.min(low.get(node)!, index.get(to)!));
      }
      if (descended) continue;
      // A node without successors is entered once: mark it so.
      if (list.length === 0) frame.next = 1;
      work.pop();
      const above = work[work.length - 1];
      if (above) low.set(above.node, Math.min(low.get(above.node)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const component: number[] = [];
      for (let member = -1; member !== node; ) {
        member = stack.pop()!;
        onStack.delete(member);
        component.push(member);
      }
      found.push(component.sort((x, y) => x - y));
    }
  }
  return found;
}
