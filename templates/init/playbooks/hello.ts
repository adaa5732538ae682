import { param, playbook, sh, step, verify } from 'ovsfleet';

const file = '/var/tmp/ovsfleet-hello';

export default playbook({
  title: 'Say hello',
  params: {
    greeting: param.string('what the file shall say', { default: 'hello' }),
  },
  plays: [
    {
      title: 'Greet',
      hosts: 'examples',
      rollout: { waves: [1, '100%'], concurrency: 10, stopAfterFailures: 1 },
      steps: ({ params, facts }) => [
        // How to read the host, what it should read, how to make it so.
        step('the greeting is there', {
          read: sh`cat ${file} 2>/dev/null || echo none`,
          want: `${params.greeting}, ${facts.distro}`,
          make: [sh`printf '%s\n' ${`${params.greeting}, ${facts.distro}`} > ${file}`],
        }),
        verify('the greeting can be read', { read: sh`test -r ${file} && echo yes || echo no`, want: 'yes' }),
      ],
    },
  ],
});
