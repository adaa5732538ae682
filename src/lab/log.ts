/** Takes one line of progress, without line end. */
export type Log = (line: string) => void;
