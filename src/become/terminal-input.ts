import type { Session } from '../model/shell.ts';

/** 3000 characters: a terminal drops what a line has beyond 4095 (n_tty). */
const lineBytes = 2250;
const endOfFile = '\u0004';

/** Writes bytes to a command behind a terminal, as lines of base64 that it decodes. */
export const terminalInput = (session: Session): Pick<Session, 'write' | 'end'> => {
  const lines = (data: string | Uint8Array): string => {
    const bytes = Buffer.from(data);
    const parts: string[] = [];
    for (let at = 0; at < bytes.length; at += lineBytes)
      parts.push(`${bytes.subarray(at, at + lineBytes).toString('base64')}\n`);
    return parts.join('');
  };
  return {
    write: (data) => session.write(lines(data)),
    // The terminal stays open: its closing would end what runs there.
    end: (data) => {
      void session.write(`${data === undefined ? '' : lines(data)}${endOfFile}`);
    },
  };
};
