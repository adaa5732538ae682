import { StringDecoder } from 'node:string_decoder';

/** Hands on what is printed line by line; `end` hands on a last line without its end. */
export const lineTap = (
  line: (text: string) => void,
): { readonly take: (chunk: Uint8Array) => void; readonly end: () => void } => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const hand = (text: string): void => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
  };
  return {
    take: (chunk) => hand(decoder.write(Buffer.from(chunk))),
    end: () => {
      hand(decoder.end());
      if (rest !== '') line(rest);
      rest = '';
    },
  };
};
