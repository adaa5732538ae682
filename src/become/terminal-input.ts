import type { Session } from '../model/shell.ts';
import { endLine } from './command.ts';

/** Lines of 1000 characters. */
const lineBytes = 750;

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
      void session.write(`${data === undefined ? '' : lines(data)}${endLine}\n`);
    },
  };
};
