/** Marks the database of Open vSwitch and leaves a note beside it: two small changes that somebody else can make, too. */
import { param, playbook, sh, step, verify } from 'ovsfleet';

const mark = sh`ovs-vsctl --if-exists get Open_vSwitch . other_config:mark | tr -d '"'`;

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Mark the switches',
  params: { mark: param.string('what to write') },
  plays: [
    {
      title: 'Mark',
      hosts: 'hypervisors',
      rollout: { concurrency: 2, stopAfterFailures: 2 },
      steps: ({ params }) => [
        step('the switch is marked', {
          read: mark,
          want: params.mark,
          make: sh`ovs-vsctl set Open_vSwitch . ${`other_config:mark=${params.mark}`}`,
        }),
        step('the note is there', {
          read: sh`cat /root/mark 2>/dev/null || echo none`,
          want: params.mark,
          make: sh`printf '%s\n' ${params.mark} >/root/mark`,
        }),
        verify('both say the same', {
          read: sh`[ "$(${mark})" = "$(cat /root/mark)" ] && echo yes || echo no`,
          want: 'yes',
        }),
      ],
    },
  ],
});
