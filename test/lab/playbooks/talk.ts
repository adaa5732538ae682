/** Has each host say a lot, twice, and add a line to a file each time: a journal of it fills a small disk. */
import { playbook, sh, step } from 'ovsfleet';

const said = (what: string) =>
  step(`${what} is said`, {
    read: sh`cat ${`/root/${what}`} 2>/dev/null || echo no`,
    want: 'yes',
    make: sh`
      echo ${what} >>/root/said
      i=0
      while [ $i -lt 400 ]; do echo "a line that nobody reads, of which there are very many: $i"; i=$((i + 1)); done
      sleep 1
      echo yes >${`/root/${what}`}
    `,
  });

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Talk',
  params: {},
  plays: [
    {
      title: 'Say it',
      hosts: 'light',
      rollout: { concurrency: 2, stopAfterFailures: '100%' },
      steps: () => [said('first'), said('second')],
    },
  ],
});
