/** Gives secrets to programs of hosts, which say them aloud; for tests that look where they can be seen. */
import { inspect } from 'node:util';
import { param, playbook, sh, step, withInput } from 'ovsfleet';

/** What the last step does; each way out says all secrets once more. */
const endings = {
  well: sh`echo well >/root/ended`,
  badly: sh`cat /root/kept-*; for file in /root/kept-*; do cat "$file" >&2; done; exit 1`,
  killed: sh`cat /root/kept-*; [ -e /root/slept ] || { : >/root/slept; sleep 601; }; echo killed >/root/ended`,
  crashed: sh`echo crashed >/root/ended`,
} as const;

const names = ['one', 'two', 'three', 'four', 'five', 'six'] as const;

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Confide',
  params: {
    one: param.secret('from the environment'),
    two: param.secret('from a file'),
    three: param.secret('from stdin'),
    four: param.secret('from a vault'),
    five: param.secret('from the inventory'),
    six: param.secret('of several lines'),
    ending: param.oneOf('how it ends', ['well', 'badly', 'killed', 'crashed'], { default: 'well' }),
  },
  plays: [
    {
      title: 'Confide',
      hosts: 'all',
      rollout: { concurrency: 20, stopAfterFailures: '100%' },
      steps: ({ params }) => {
        if (params.ending === 'crashed') {
          // A mistake that nobody catches, with all that there is in its message.
          setTimeout(() => {
            throw new Error(
              `${params.one} ${JSON.stringify(params)} ${inspect(params, { showHidden: true, depth: 9 })}`,
            );
          }, 1500);
        }
        return [
          ...names.map((name) =>
            step(`${name} is kept`, {
              read: withInput(
                params[name],
                sh`
                file=${`/root/kept-${name}`}
                [ "$(sha256sum)" = "$({ sha256sum <"$file"; } 2>/dev/null)" ] && echo kept || { echo missing; cat "$file" 2>/dev/null || :; }
              `,
              ),
              want: 'kept',
              make: withInput(
                params[name],
                // A program that says all that it is told: to stdout, to stderr, and a letter at a time.
                sh`
                umask 077
                tee ${`/root/kept-${name}`}
                cat ${`/root/kept-${name}`} >&2
                while IFS= read -r line || [ -n "$line" ]; do
                  printf 'line: %s\n' "$line"
                  printf %s "$line" | fold -w 1 | while IFS= read -r letter || [ -n "$letter" ]; do printf %s "$letter"; done
                  echo
                done <${`/root/kept-${name}`}
                cat ${`/root/kept-${name}`}; echo; sleep 0.3
              `,
              ),
            }),
          ),
          step('it ends', {
            read: sh`cat /root/ended 2>/dev/null || echo no`,
            want: params.ending,
            make: endings[params.ending],
          }),
        ];
      },
    },
  ],
});
