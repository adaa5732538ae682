/**
 * Three steps and a file, for hosts to which something happens on the way. Each step notes in /root/ledger that it was made:
 * once made twice, it never reads as wanted again. A host's variable `work` is what its second step does first, and
 * `work_limit` how long that may take.
 */
import { group, param, playbook, sh, step } from 'ovsfleet';

const noted = (name: string, first: ReturnType<typeof sh>, limit: string) =>
  step(name, {
    read: sh`if [ -e /root/ledger ]; then grep -cx ${name} /root/ledger || :; else echo 0; fi`,
    want: '1',
    make: [first, sh`echo ${name} >>/root/ledger`],
    limit,
  });

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'A journey',
  params: {
    luggage: param.file('what every host is sent'),
    weight: param.string('its sha256'),
  },
  plays: [
    {
      title: 'Journey',
      hosts: 'all',
      rollout: { waves: [2, '100%'], concurrency: 3, stopAfterFailures: 1 },
      steps: ({ params, host }) => [
        noted('packed', sh`:`, '5m'),
        noted('worked', sh`sh -c ${String(host.vars['work'] ?? ':')}`, String(host.vars['work_limit'] ?? '5m')),
        group(
          'luggage',
          step('the luggage is there', {
            sends: [{ from: { file: params.luggage }, remote: '/root/luggage' }],
            read: sh`if [ -e /root/luggage ]; then sha256sum </root/luggage | cut -d' ' -f1; else echo none; fi`,
            want: params.weight,
            make: sh`:`,
          }),
        ),
        noted('arrived', sh`:`, '5m'),
      ],
    },
  ],
});
