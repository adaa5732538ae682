import { type Note, type Verify, verify } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { withOvs } from './libraries.ts';

const withComplaints = (script: Script): Script => using(['ovs-restart', 'ovs-conform'], withOvs(script));

/**
 * Nothing is wrong with a host's Open vSwitch: which release runs and from where, under whom, whether a restart would be
 * harmless, what the database says of it, errors in the logs since the start. Reads only; what is wrong is told in
 * sentences.
 * @param options `release`: the one that must run, '' for whichever; `tools`: whether programs of another release on a
 * login's PATH are a fault; `also`: scripts that print more sentences, of what runs beside it
 */
export const conforms = (options: {
  readonly release: string;
  readonly tools: 'any' | 'same';
  readonly also?: readonly Script[];
}): Verify => {
  const also = (options.also ?? []).reduce(
    (all, script) => sh`${all}
${script}`,
    sh`:`,
  );
  return verify(options.release === '' ? 'Open vSwitch' : `Open vSwitch ${options.release}`, {
    read: withComplaints(sh`
        complaints=$(
          ovs_complaints ${options.release} ${options.tools === 'same' ? 'same-tools' : ''}
          ${also}
        )
        if [ -z "$complaints" ]; then echo yes; else printf '%s\n' "$complaints" | awk '{ printf "%s%s", (NR > 1 ? "; " : ""), $0 }'; fi
      `),
    want: 'yes',
  });
};

/** Told of every host where a login still finds programs of another release than the one that runs. */
export const otherTools = (): Note => ({
  title: 'programs on PATH',
  notes: withComplaints(sh`ovs_old_tools_told`),
  remedy: 'nothing where /usr/local comes first on PATH; see that scripts do not name the others in full',
  of: 'every',
});
