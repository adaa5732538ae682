/**
 * Counts how often each host was made to do something that must be done once: a line is added to a file each time. On
 * hypervisors it is done once more while a service, and the agent where there is one, are stopped.
 */
import { around, openstack, param, playbook, sh, step, transaction } from 'ovsfleet';

const place = '/root/counted';

const before = (what: string, round: string): string => `${what}.before-${round}`;

/** Slow enough to be met in the middle: the line is there before the value is. */
const counted = (what: string, round: string) =>
  step(`${what} is counted`, {
    read: sh`cat ${`${place}/${what}.value`} 2>/dev/null || echo none`,
    want: round,
    make: {
      phases: [
        {
          title: `count ${what}`,
          run: sh`
            mkdir -p ${place} && cd ${place} || exit 1
            cp ${`${what}.value`} ${before(what, round)} 2>/dev/null || : >${before(what, round)}
            echo ${`done ${what} ${round}`} >>executions
            sleep 0.4
            echo ${round} >${`${what}.value`}
          `,
        },
      ],
    },
    undo: sh`
      cd ${place} && [ -e ${before(what, round)} ] || exit 0
      echo ${`undone ${what} ${round}`} >>executions
      [ -s ${before(what, round)} ] || rm -f ${`${what}.value`} ${before(what, round)}
      [ ! -e ${before(what, round)} ] || mv ${before(what, round)} ${`${what}.value`}
    `,
  });

const record = '/var/lib/ovsfleet/proof-was-running';
const service = 'ovsfleet-proof.service';

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Count',
  params: { round: param.string('what is counted now, another each time') },
  plays: [
    {
      title: 'Step by step',
      hosts: 'light:hypervisors',
      rollout: { waves: [1, '100%'], concurrency: 3, stopAfterFailures: '100%' },
      steps: ({ params }) => ['first', 'second', 'third'].map((what) => counted(what, params.round)),
    },
    {
      title: 'While a service is stopped',
      hosts: 'hypervisors',
      rollout: { waves: [1, '100%'], concurrency: 2, stopAfterFailures: '100%' },
      steps: ({ params, facts }) =>
        transaction(
          'count',
          { confirm: '90s', deadline: '60s' },
          around(
            'while the service is stopped',
            {
              before: sh`
                ! systemctl -q is-active ${service} || { mkdir -p /var/lib/ovsfleet && : >${record}; }
                systemctl stop ${service}
              `,
              after: sh`[ ! -e ${record} ] || { systemctl start ${service} && rm -f ${record}; }`,
            },
            openstack.agentHeld(facts, counted('stopped', params.round)),
          ),
        ),
    },
    {
      title: 'And once more',
      hosts: 'light:hypervisors',
      rollout: { waves: ['50%', '100%'], concurrency: 4, stopAfterFailures: '100%' },
      steps: ({ params }) => counted('last', params.round),
    },
  ],
});
