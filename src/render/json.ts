import { eventFormat, type Stamped } from '../model/event.ts';

/** One event as one line of JSON, with the version of the format. */
const jsonLine = (event: Stamped): string => `${JSON.stringify({ v: eventFormat, ...event })}\n`;

/** A sink for programs that read along. */
export const jsonSink = (
  write: (text: string) => void,
): { readonly name: 'json'; readonly accept: (event: Stamped) => void } => ({
  name: 'json',
  accept: (event) => write(jsonLine(event)),
});
