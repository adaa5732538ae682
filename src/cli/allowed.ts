import { FleetError, type Problem } from '../model/error.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Policy } from '../model/policy.ts';
import type { Operator } from '../model/ports.ts';
import { confirmAbove, judge } from '../rollout/index.ts';
import type { ChangeFlags } from './change-options.ts';

/** What policies are asked about. */
export interface Intent {
  readonly title: string;
  /** Names of the hosts that the run is for, each once. */
  readonly hosts: readonly string[];
  /** How many hosts the inventory has. */
  readonly inventory: number;
  readonly flags: Pick<ChangeFlags, 'ticket' | 'confirmHosts'>;
}

/** Why policies would not let this be done; a plan tells it as warnings. */
export const objections = (policies: readonly Policy[], { hosts, inventory, flags }: Intent): readonly Problem[] =>
  judge(policies, { hosts: hosts.length, inventory, ticket: flags.ticket });

const refused = (problems: readonly Problem[]): FleetError => {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return new FleetError(first);
  const remedies = [...new Set(problems.map(({ remedy }) => remedy))];
  return new FleetError({
    code: 'policy.refused',
    message: problems.map(({ message }) => message).join(' '),
    remedy: remedies.join(' '),
  });
};

const unconfirmed = (count: number, said: string | null, at: string): FleetError =>
  new FleetError({
    code: 'policy.unconfirmed',
    message:
      said === null
        ? `The run is for ${count} hosts, so many that you must say how many they are (confirm_above in ${at}).`
        : `The run is for ${count} hosts; you said "${said}": nothing was done.`,
    remedy: `See which hosts they are with: ovsfleet plan …, then say: --confirm-hosts ${count}`,
    facts: { hosts: count },
  });

/**
 * Lets pass what all policies allow, once the operator has said how many hosts it is for where one asks for that.
 * @throws FleetError `policy.…` with every reason against it
 */
export const insistOn = async (policies: readonly Policy[], intent: Intent, operator: Operator): Promise<void> => {
  const problems = objections(policies, intent);
  if (problems.length > 0) throw refused(problems);
  const above = confirmAbove(policies);
  const { hosts, flags, title } = intent;
  if (above === null || hosts.length <= above.value) return;
  const question = `${title}: ${foldHosts(hosts)}\nHow many hosts are these? `;
  const said = flags.confirmHosts === null ? await operator.ask(question) : String(flags.confirmHosts);
  if (said !== String(hosts.length)) throw unconfirmed(hosts.length, said, above.at);
};
