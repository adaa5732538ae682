import type { Secret } from '../model/secret.ts';

/** What became of trying a password. `unused`: it was not needed, or nobody can tell. */
export type Verdict = 'accepted' | 'refused' | 'unused';

export type Turn =
  | { readonly may: 'try'; readonly told: (verdict: Verdict) => void }
  | { readonly may: 'not'; readonly refusedBy: string };

/** Gives out turns at trying passwords. */
export interface Passwords {
  /** Resolves at once for a password that was accepted somewhere, else when it is this host's turn. */
  turn(password: Secret, host: string): Promise<Turn>;
}

interface Known {
  standing: 'unknown' | 'accepted' | { readonly refusedBy: string };
  busy: Promise<void>;
}

/**
 * One password for a whole fleet is tried on one host first. Behind one directory service, twenty hosts with a wrong one
 * are twenty failed logins of one account, which is then locked.
 */
export const passwords = (): Passwords => {
  const all = new Map<Secret, Known>();
  return {
    async turn(password, host) {
      const known = all.get(password) ?? { standing: 'unknown', busy: Promise.resolve() };
      all.set(password, known);
      while (known.standing === 'unknown') {
        const before = known.busy;
        await before;
        if (known.busy !== before || known.standing !== 'unknown') continue;
        let leave: () => void = () => {};
        known.busy = new Promise((resolve) => {
          leave = resolve;
        });
        return {
          may: 'try',
          told: (verdict) => {
            if (verdict === 'accepted') known.standing = 'accepted';
            if (verdict === 'refused') known.standing = { refusedBy: host };
            leave();
          },
        };
      }
      return known.standing === 'accepted'
        ? { may: 'try', told: () => {} }
        : { may: 'not', refusedBy: known.standing.refusedBy };
    },
  };
};
