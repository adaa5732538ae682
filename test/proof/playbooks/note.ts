/** The smallest change there is, on any host. */
import { playbook, sh, step } from 'ovsfleet';

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Leave a note',
  params: {},
  plays: [
    {
      title: 'Note',
      hosts: 'all',
      steps: () =>
        step('the note is there', {
          read: sh`cat /root/note 2>/dev/null || echo none`,
          want: 'here',
          make: sh`echo here >/root/note`,
        }),
    },
  ],
});
