import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchPart, frameReader } from '../../../src/shell/index.ts';
import { joined } from './support/parts.ts';

const nonce = '0123456789abcdef';

type Sent = { readonly output: Uint8Array } | { readonly kind: string; readonly index: number; readonly text: string };

const bytesOf = (sent: Sent): Uint8Array => {
  if ('output' in sent) return sent.output;
  const payload = Buffer.from(sent.text);
  return Buffer.concat([
    Buffer.from(`\n@${nonce} ${sent.kind} ${sent.index} ${payload.length}\n`),
    payload,
    Buffer.from('\n'),
  ]);
};

const read = (chunks: readonly Uint8Array[]): readonly BatchPart[] => {
  const parts: BatchPart[] = [];
  const reader = frameReader(nonce, (part) => parts.push(part));
  for (const chunk of chunks) reader.feed(chunk);
  reader.end();
  return joined(parts);
};

const cut = (bytes: Buffer, places: readonly number[]): readonly Uint8Array[] => {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
};

const text = (value: string): Sent => ({ output: Buffer.from(value) });

/** Output that would like to be taken for a frame, or that ends where one begins. */
const hostileOutput: fc.Arbitrary<Sent> = fc.oneof(
  fc.constantFrom(
    text('\n@fedcba9876543210 ok 0 0\n\n'),
    text(`@${nonce} ok 0 0\n\n`),
    text(`\n@${nonce}`),
    text(`\n@${nonce}0 ok 0 0\n\n`),
    text(`\n\n\n@${nonce.slice(0, 5)}`),
    text('\r\n@'),
    text('no newline at the end'),
    text('é→日😀'),
    { output: Uint8Array.of(0xc3) },
    { output: Uint8Array.of(0xff, 0x00, 0xfe, 0x0a) },
  ),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map((output) => ({ output })),
);
const frame: fc.Arbitrary<Sent> = fc.record({
  kind: fc.constantFrom('start', 'was', 'ok', 'changed', 'failed', 'end'),
  index: fc.nat(40),
  text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\n', `\n@${nonce} ok 0 0\n\n`, 'a=1\nb=2')),
});
const isFrame = (sent: Sent): boolean => !('output' in sent);

/** No program knows the nonce, so none prints the mark of a real frame. */
const isPossible = (sent: readonly Sent[]): boolean => {
  const withGaps = sent.map((one) => ('output' in one ? one.output : Uint8Array.of(0)));
  return !Buffer.concat(withGaps).includes(`\n@${nonce} `);
};
const stream = fc.array(fc.oneof(hostileOutput, frame), { maxLength: 12 }).filter(isPossible);

describe('frames', () => {
  it('come out the same however the stream is cut up on its way', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (sent, places) => {
        const bytes = Buffer.concat(sent.map(bytesOf));
        expect(read(cut(bytes, places))).toEqual(read([bytes]));
      }),
    );
  });

  it('are all found, in order, and nothing that a program prints is taken for one', () => {
    fc.assert(
      fc.property(stream, (sent) => {
        const found = read([Buffer.concat(sent.map(bytesOf))]).filter((part) => part.part === 'frame');
        expect(found).toEqual(sent.filter(isFrame).map((one) => ({ part: 'frame', ...one })));
      }),
    );
  });

  it('leave every byte of output between them', () => {
    fc.assert(
      fc.property(stream, (sent) => {
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          Buffer.concat(sent.flatMap((one) => ('output' in one ? [one.output] : []))),
        );
        const given = read([Buffer.concat(sent.map(bytesOf))]).map((part) => (part.part === 'output' ? part.text : ''));
        expect(given.join('')).toBe(expected);
      }),
    );
  });

  it.each<[string, string, readonly BatchPart[]]>([
    ['a letter whose bytes come in two chunks', 'h\u00e9', [{ part: 'output', text: 'h\u00e9' }]],
    [
      'output without a newline before a frame',
      `50 %\n@${nonce} ok 3 0\n\n`,
      [
        { part: 'output', text: '50 %' },
        { part: 'frame', kind: 'ok', index: 3, text: '' },
      ],
    ],
    [
      'a frame whose text looks like a frame',
      `\n@${nonce} read 1 ${`\n@${nonce} ok 9 0\n\n`.length}\n\n@${nonce} ok 9 0\n\n\nafter`,
      [
        { part: 'frame', kind: 'read', index: 1, text: `\n@${nonce} ok 9 0\n\n` },
        { part: 'output', text: 'after' },
      ],
    ],
    [
      'a frame cut off by a lost link is given out as what it looks like',
      `\n@${nonce} read 1 10\nhalf`,
      [{ part: 'output', text: `\n@${nonce} read 1 10\nhalf` }],
    ],
    [
      'a damaged header is output, and the frame after it is found',
      `\n@${nonce} read one ten\nx\n@${nonce} end 0 0\n\n`,
      [
        { part: 'output', text: `\n@${nonce} read one ten\nx` },
        { part: 'frame', kind: 'end', index: 0, text: '' },
      ],
    ],
  ])('%s', (_, sent, expected) => {
    const bytes = Buffer.from(sent);
    expect(read([bytes])).toEqual(expected);
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('gives output on at once, holding back only what may become a frame', () => {
    const parts: BatchPart[] = [];
    const reader = frameReader(nonce, (part) => parts.push(part));
    reader.feed(Buffer.from('compiling…'));
    expect(parts).toEqual([{ part: 'output', text: 'compiling…' }]);
    reader.feed(Buffer.from(' done\n@01'));
    expect(joined(parts)).toEqual([{ part: 'output', text: 'compiling… done' }]);
    reader.feed(Buffer.from('99\n'));
    expect(joined(parts)).toEqual([{ part: 'output', text: 'compiling… done\n@0199' }]);
  });

  it('says that a letter was left unfinished when the stream ends in it', () => {
    expect(read([Uint8Array.of(0x61, 0xc3)])).toEqual([{ part: 'output', text: 'a\ufffd' }]);
  });

  it('takes a frame of 1 MB that comes in 32 KiB pieces, between 1 MB of output', () => {
    const big = 'line of output\n'.repeat(70_000);
    const bytes = Buffer.concat(
      [text(big), { kind: 'read', index: 2, text: big } satisfies Sent, text(big)].map(bytesOf),
    );
    const pieces = Array.from({ length: Math.ceil(bytes.length / 32_768) }, (_, index) =>
      bytes.subarray(index * 32_768, (index + 1) * 32_768),
    );
    expect(read(pieces)).toEqual([
      { part: 'output', text: big },
      { part: 'frame', kind: 'read', index: 2, text: big },
      { part: 'output', text: big },
    ]);
  });
});
