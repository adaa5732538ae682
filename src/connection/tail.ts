/** Keeps the last few kilobytes of what a command says, for an error message. */
export const tail = (): { readonly add: (chunk: Uint8Array) => void; readonly text: () => string } => {
  let kept = Buffer.alloc(0);
  return {
    add: (chunk) => {
      kept = Buffer.concat([kept, chunk]).subarray(-4096);
    },
    text: () => kept.toString('utf8'),
  };
};
