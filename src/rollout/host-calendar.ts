import { FleetError } from '../model/error.ts';
import type { Host, Value } from '../model/host.ts';
import { parseWindows, type WindowInput } from '../model/parse-window.ts';
import type { Calendar, Freeze, Window } from '../model/window.ts';
import { type Timetable, timetable } from './timetable.ts';

/** The variable of a host or a group that says when it may be changed. */
export const windowVariable = 'maintenance_window';

const keys: ReadonlySet<string> = new Set(['days', 'from', 'to', 'zone', 'except']);

const malformed = (what: string, message: string): FleetError =>
  new FleetError({
    code: 'input.window',
    message: `${what}: ${message}.`,
    remedy:
      "Write it as 'tue,wed 01:00-05:00 Europe/Paris', or with days, from, to, zone and except; several make a list.",
  });

const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

const texts = (value: Value | undefined, what: string): readonly string[] => {
  if (value === undefined || value === null) return [];
  const items = isList(value) ? value : String(value).split(',');
  return items.map((item) => {
    if (typeof item === 'string' || typeof item === 'number') return String(item).trim();
    throw malformed(what, `${JSON.stringify(item)} is no day`);
  });
};

const text = (value: Value | undefined, key: string, what: string): string => {
  if (typeof value === 'string') return value;
  throw malformed(what, `${key} must be a text such as "22:00" in quotes`);
};

/** YAML 1.1 makes 01:00 a number of minutes: it must be quoted, and what is not is refused rather than guessed. */
const inputOf = (value: Value, what: string): WindowInput => {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || isList(value)) throw malformed(what, 'it is no window');
  const entries = new Map(Object.entries(value));
  const unknown = [...entries.keys()].find((key) => !keys.has(key));
  if (unknown !== undefined) throw malformed(what, `a window has no "${unknown}"`);
  const of = (key: string): string => text(entries.get(key), key, what);
  return {
    days: texts(entries.get('days'), `${what}: days`),
    except: texts(entries.get('except'), `${what}: except`),
    from: of('from'),
    to: of('to'),
    zone: of('zone'),
  };
};

/**
 * The windows that the inventory says for a host; `null` when it says none.
 * @throws FleetError `input.window`, `input.zone` or `input.dates` naming the host
 */
export const hostWindows = ({ name, vars }: Pick<Host, 'name' | 'vars'>): readonly Window[] | null => {
  const value = vars[windowVariable];
  if (value === undefined || value === null || value === '') return null;
  const what = `${name}: ${windowVariable}`;
  const inputs = (isList(value) ? value : [value]).map((item) => inputOf(item, what));
  return parseWindows(inputs, what).map(({ window }) => window);
};

/** When each host of a play may be changed: the windows of the play and its own, and no frozen date. Alike hosts share one. */
export const timetables = (
  windows: readonly Window[],
  frozen: readonly Freeze[],
): ((host: Pick<Host, 'name' | 'vars'>) => Timetable) => {
  const known = new Map<string | undefined, Timetable>();
  return (host) => {
    // By what is written, since each host is asked again and again while it waits.
    const key = JSON.stringify(host.vars[windowVariable]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const calendar: Calendar = { windows: [windows, hostWindows(host) ?? []].filter((set) => set.length > 0), frozen };
    const made = timetable(calendar);
    known.set(key, made);
    return made;
  };
};
