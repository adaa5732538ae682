/** What a batch prints: the output of the programs it runs, and between it the frames by which it says how far it is. */
export type BatchPart =
  | { readonly part: 'output'; readonly text: string }
  | { readonly part: 'frame'; readonly kind: string; readonly index: number; readonly text: string };

export interface FrameReader {
  feed(chunk: Uint8Array): void;
  /** Gives out what was held back because it could have become a frame. */
  end(): void;
}

/**
 * Cuts a batch's stdout into frames and output, in order, as chunks arrive. A frame is
 * `\n@NONCE kind index length\n`, that many bytes, and a newline. The nonce is new for each batch, so that no output can
 * pass for a frame. Output is passed on as soon as no frame can begin in it.
 */
export const frameReader = (nonce: string, accept: (part: BatchPart) => void): FrameReader => {
  const mark = Buffer.from(`\n@${nonce} `);
  const decoder = new TextDecoder();
  let buffer: Buffer = Buffer.alloc(0);

  const giveOutput = (size: number): void => {
    if (size <= 0) return;
    const text = decoder.decode(buffer.subarray(0, size), { stream: true });
    buffer = buffer.subarray(size);
    if (text !== '') accept({ part: 'output', text });
  };

  /** Takes the frame that begins the buffer. False while it has not all arrived. */
  const takeFrame = (): boolean => {
    const lineEnd = buffer.indexOf('\n', mark.length);
    if (lineEnd < 0) return false;
    const [kind = '', index = '', length = ''] = buffer.subarray(mark.length, lineEnd).toString('latin1').split(' ');
    const payloadEnd = lineEnd + 1 + Number(length);
    if (buffer.length <= payloadEnd) return false;
    accept({
      part: 'frame',
      kind,
      index: Number(index),
      text: buffer.subarray(lineEnd + 1, payloadEnd).toString('utf8'),
    });
    buffer = buffer.subarray(payloadEnd + 1);
    return true;
  };

  /** How many bytes at the end may be the beginning of a mark. */
  const heldBack = (): number => {
    for (let size = Math.min(mark.length - 1, buffer.length); size > 0; size -= 1) {
      if (buffer.subarray(buffer.length - size).equals(mark.subarray(0, size))) return size;
    }
    return 0;
  };

  const drain = (): void => {
    for (;;) {
      const found = buffer.indexOf(mark);
      if (found < 0) {
        giveOutput(buffer.length - heldBack());
        return;
      }
      giveOutput(found);
      if (!takeFrame()) return;
    }
  };

  return {
    feed(chunk) {
      buffer = buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffer, chunk]);
      drain();
    },
    end() {
      giveOutput(buffer.length);
    },
  };
};
