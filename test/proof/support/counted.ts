import type { Lab } from '../../../src/lab/index.ts';
import { say } from '../../lab/support/bring-up.ts';
import { agentPid, remainsOfTransactions } from '../../lab/support/hosts.ts';

/** The unit that playbooks/count.ts stops while it counts. */
const service = 'ovsfleet-proof.service';

export const isHypervisor = (lab: Lab, host: string): boolean => lab.host(host).guest !== undefined;

/** Gives a host the service that is to be stopped and started. */
export const addService = (lab: Lab, host: string): Promise<string> =>
  say(
    lab,
    host,
    `printf '%s\\n' '[Service]' 'ExecStart=/bin/sleep infinity' '[Install]' 'WantedBy=multi-user.target' >/etc/systemd/system/${service} &&
     systemctl daemon-reload && systemctl enable --now ${service} 2>&1`,
  );

/** What is wrong with one host after a round of counting. */
export interface Verdict {
  /** Not everything was counted there. */
  readonly forgotten: readonly string[];
  /** Something was done there more than once, and not undone in between. */
  readonly repeated: readonly string[];
  /** What ought to run and does not. */
  readonly down: readonly string[];
  /** What a transaction left behind. */
  readonly left: readonly string[];
}

const expected = (lab: Lab, host: string): readonly string[] =>
  isHypervisor(lab, host) ? ['first', 'second', 'third', 'stopped', 'last'] : ['first', 'second', 'third', 'last'];

/** Reads what a round of counting left on a host, from the host alone. */
export const judge = async (lab: Lab, host: string, round: string): Promise<Verdict> => {
  const what = expected(lab, host);
  const lines = (await say(lab, host, `cat /root/counted/executions 2>/dev/null || :`)).split('\n');
  const values = await say(
    lab,
    host,
    `for what in ${what.join(' ')}; do echo "$what $(cat /root/counted/$what.value 2>/dev/null)"; done`,
  );
  const times = (one: string): number =>
    lines.filter((line) => line === `done ${one} ${round}`).length -
    lines.filter((line) => line === `undone ${one} ${round}`).length;
  const hypervisor = isHypervisor(lab, host);
  const running = hypervisor ? await say(lab, host, `systemctl is-active ${service} || :`) : 'active';
  const agent = lab.host(host).profile === 'agent' ? await agentPid(lab, host) : 'none';
  return {
    forgotten: what.filter((one) => !values.split('\n').includes(`${one} ${round}`) || times(one) < 1),
    repeated: what.filter((one) => times(one) > 1),
    down: [...(running === 'active' ? [] : [service]), ...(agent === '0' ? ['the agent'] : [])],
    left: hypervisor ? await remainsOfTransactions(lab, host) : [],
  };
};
