/** Above what people write by far, below what hurts. */
export const LIMITS = {
  /** Levels of nesting. */
  depth: 64,
  /** `*name` in one file. */
  aliases: 1_000,
  /** Nodes after all aliases are followed: stops a small file that means a huge one ("billion laughs"). */
  nodes: 1_000_000,
} as const;
