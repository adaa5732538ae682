import { FleetError } from '../model/error.ts';

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * One word of POSIX shell that stands for exactly this text (POSIX XCU 2.2.2: nothing is special within single quotes).
 * Throws for NUL, which no argument can hold.
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) {
    throw new FleetError({
      code: 'shell.nul',
      message: `A value for the shell holds a NUL byte: ${JSON.stringify(text.slice(0, 40))}.`,
      remedy: 'Remove the NUL byte from the inventory variable or parameter it came from.',
    });
  }
  return plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};
