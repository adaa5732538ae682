/** Leaves a note on each host: the smallest change there is. */
import { param, playbook, sh, step } from 'ovsfleet';

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Leave a note',
  params: { note: param.string('what to write') },
  plays: [
    {
      title: 'Write',
      hosts: 'light',
      rollout: { concurrency: 20 },
      steps: ({ params }) =>
        step('the note is there', {
          read: sh`cat /root/note 2>/dev/null || echo none`,
          want: params.note,
          make: sh`printf '%s\n' ${params.note} >/root/note`,
        }),
    },
  ],
});
