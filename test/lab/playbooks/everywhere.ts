/** Leaves on each host who was there. */
import { playbook, sh, step } from 'ovsfleet';

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Be there',
  params: {},
  plays: [
    {
      title: 'Be there',
      hosts: 'all',
      rollout: { concurrency: 20 },
      steps: () =>
        step('somebody was there', {
          read: sh`cat /root/was-here 2>/dev/null || echo nobody`,
          want: 'root',
          make: sh`id -un >/root/was-here`,
        }),
    },
  ],
});
