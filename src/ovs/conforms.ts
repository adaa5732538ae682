import { type Verify, verify } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import { withOvs } from './libraries.ts';

/**
 * Nothing is wrong with a host's Open vSwitch: which release runs and from where, under whom, whether a restart would be
 * harmless, what the database says of it, emergencies in the log. Reads only; what is wrong is told in sentences.
 * @param options `release`: the one that must run, '' for whichever; `tools`: whether programs of another release on a
 * login's PATH are a fault
 */
export const conforms = (options: { readonly release: string; readonly tools: 'any' | 'same' }): Verify =>
  verify(
    options.release === '' ? 'Open vSwitch runs as it should' : `Open vSwitch ${options.release} runs as it should`,
    {
      read: using(
        ['ovs-restart', 'ovs-conform'],
        withOvs(sh`
        complaints=$(ovs_complaints ${options.release} ${options.tools === 'same' ? 'same-tools' : ''})
        if [ -z "$complaints" ]; then echo yes; else printf '%s\n' "$complaints" | paste -sd';' | sed 's/;/; /g'; fi
      `),
      ),
      want: 'yes',
    },
  );
