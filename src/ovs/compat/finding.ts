export type ModuleChoice = 'ours' | 'in-tree' | 'ours-else-in-tree';

/** What is asked for on which host. */
export interface Pair {
  readonly version: string;
  readonly kernel: string;
  readonly distro: string;
  readonly distroVersion: string;
  readonly module: ModuleChoice;
  /** `off` builds without TLS; `on` lets the host decide, `required` fails without. */
  readonly ssl: 'on' | 'off' | 'required';
  /** Version of the DPDK that it shall be built with; '' without. */
  readonly dpdk: string;
  /** Whether the kernel loads modules only with a signature that it trusts (Secure Boot, lockdown, sig_enforce). */
  readonly signatures: 'enforced' | 'free' | 'unknown';
  /** Whether the operator has a key to sign modules with. */
  readonly signing: 'key' | 'no key';
  /** What was seen on the host; `null` where only its distribution is known. */
  readonly seen: SeenTools | null;
}

/** Versions of what a builder has installed; '' for what is not there. */
export interface SeenTools {
  readonly pythons: readonly string[];
  readonly compiler: string;
  readonly openssl: string;
}

/**
 * `proven`: somebody did it, and that is written down. `unproven`: configure takes it, and nobody here has seen it work.
 * `refused`: it cannot be; then `instead` says what can.
 */
export type Finding =
  | { readonly is: 'proven'; readonly because: string; readonly source: string }
  | {
      readonly is: 'unproven';
      readonly because: string;
      /** What is more likely to work; `null` where nothing speaks against it. */
      readonly instead: string | null;
      readonly source: string;
    }
  | { readonly is: 'refused'; readonly because: string; readonly instead: string; readonly source: string };

/** What becomes of a pair: the module that is to run, and all that is known of it. */
export interface Verdict {
  readonly is: Finding['is'];
  readonly module: 'ours' | 'in-tree';
  readonly findings: readonly Finding[];
}
