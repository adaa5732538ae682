/** One inventory of the corpus, small enough to be read at a glance. */
export interface Case {
  /** What it is about. */
  readonly name: string;
  /** Texts by path; what begins with `#!` is made executable. */
  readonly files: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  /** Selected besides `all`. */
  readonly patterns?: readonly string[];
  /** The directory of a playbook. */
  readonly playbook?: string;
  readonly passwords?: readonly { readonly label: string; readonly password: string }[];
}

/** A case of one file. */
export const one = (name: string, path: string, text: string, patterns: readonly string[] = []): Case => ({
  name,
  files: { [path]: text },
  sources: [path],
  patterns,
});
