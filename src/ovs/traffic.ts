import type { Value } from '../model/host.ts';
import { probeOf, proberOf } from '../model/traffic.ts';
import { type On, on, verify } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';

/**
 * The host's guest answers from where its traffic would be probed: its inventory variables `probe_from` and `probe_to`.
 * Nothing is checked of a host that has none.
 */
export const guestAnswers = (host: { readonly vars: Readonly<Record<string, Value>> }): readonly On[] => {
  const probe = probeOf(host);
  if (probe === null) return [];
  const { host: from, namespace } = proberOf(probe);
  const ping = sh`ping -n -c 3 -i 0.2 -W 2 ${probe.to}`;
  const inside = namespace === null ? ping : sh`ip netns exec ${namespace} ${ping}`;
  return [
    on(
      from,
      verify(`guest ${probe.to}`, {
        read: sh`
          if said=$(LC_ALL=C ${inside} 2>&1); then
            echo yes
          else
            printf 'no answer to a ping from %s: %s\n' ${probe.from} "$(printf '%s\n' "$said" | sed '/^$/d' | tail -n 1)"
          fi
        `,
        want: 'yes',
        within: '5s',
      }),
    ),
  ];
};
