/** What a batch prints: the output of the programs it runs, and between it the frames by which it says how far it is. */
export type BatchPart =
  | { readonly part: 'output'; readonly text: string }
  | { readonly part: 'frame'; readonly kind: string; readonly index: number; readonly text: string };

export interface FrameReader {
  feed(chunk: Uint8Array): void;
  /** Gives out what was held back because it could have become a frame. */
  end(): void;
}

/** The longest that the first line of a frame can be; one that goes on is none. */
const longestHeader = 48;
const headerLine = /^([a-z]+) (\d{1,9}) (\d{1,9})$/;

/**
 * Cuts a batch's stdout into frames and output, in order, as chunks arrive. A frame is
 * `\n@NONCE kind index length\n`, that many bytes, and a newline. The nonce is new for each batch, so that no output can
 * pass for a frame. Output is passed on as soon as no frame can begin in it.
 */
export const frameReader = (nonce: string, accept: (part: BatchPart) => void): FrameReader => {
  const mark = Buffer.from(`\n@${nonce} `);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let buffer: Buffer = Buffer.alloc(0);

  const giveText = (text: string): void => {
    if (text !== '') accept({ part: 'output', text });
  };

  const giveOutput = (size: number): void => {
    giveText(decoder.decode(buffer.subarray(0, size), { stream: true }));
    buffer = buffer.subarray(size);
  };

  /** Takes the frame that begins the buffer, if it is whole. */
  const takeFrame = (): 'taken' | 'incomplete' | 'damaged' => {
    const line = buffer.subarray(mark.length, mark.length + longestHeader);
    const lineEnd = line.indexOf('\n');
    if (lineEnd < 0) return line.length < longestHeader ? 'incomplete' : 'damaged';
    const header = headerLine.exec(line.subarray(0, lineEnd).toString('latin1'));
    if (header === null) return 'damaged';
    const [, kind = '', index, length] = header;
    const payload = mark.length + lineEnd + 1;
    const payloadEnd = payload + Number(length);
    if (buffer.length <= payloadEnd) return 'incomplete';
    accept({ part: 'frame', kind, index: Number(index), text: buffer.subarray(payload, payloadEnd).toString('utf8') });
    buffer = buffer.subarray(payloadEnd + 1);
    return 'taken';
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
      const frame = takeFrame();
      if (frame === 'incomplete') return;
      if (frame === 'damaged') giveOutput(mark.length);
    }
  };

  return {
    feed(chunk) {
      buffer = buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffer, chunk]);
      drain();
    },
    end() {
      giveOutput(buffer.length);
      giveText(decoder.decode());
    },
  };
};
