/**
 * The upgrade, disturbed where a host's inventory says so: its variable `disturb_at` names the phase before which
 * (`hold`, `capture` and `end` too), and `disturb_by` is the shell text, with the new release's directory in
 * $PREFIX; `deadline` is how long the change may take there.
 */
import { around, buildersFor, openstack, ovs, param, playbook, sh, transaction } from 'ovsfleet';

type Build = ReturnType<typeof ovs.build>;
type Step = ReturnType<typeof ovs.running>;
type Vars = Readonly<Record<string, unknown>>;

const disturbance = 'test: disturbed';

const disturbed = (step: Step, build: Build, vars: Vars): Step => {
  const { disturb_at: at, disturb_by: by } = vars;
  if (typeof at !== 'string' || typeof by !== 'string') return step;
  const phase = { title: disturbance, run: sh`PREFIX=${build.prefix} sh -c ${by}` };
  const index = at === 'end' ? step.phases.length : step.phases.findIndex(({ title }) => title === at);
  return index < 0 ? step : { ...step, phases: step.phases.toSpliced(index, 0, phase) };
};

/** Around everything, so that what it runs comes first: before the agent is held, or before the capture. */
const early = (where: string, vars: Vars, node: ReturnType<typeof transaction>['nodes'][number]) =>
  vars['disturb_at'] === where && typeof vars['disturb_by'] === 'string'
    ? around(`${disturbance} before ${where}`, { before: sh`sh -c ${vars['disturb_by']}`, after: sh`:` }, node)
    : node;

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Upgrade Open vSwitch, disturbed',
  params: {
    version: param.version('release to install'),
    source: param.file("the release's tarball"),
    sha256: param.sha256('of the tarball'),
    cflags: param.string('for the compiler'),
    waves: param.shares('hosts swapped after each wave', { default: ['100%'] }),
    stop_after: param.share('failed hosts after which no new one starts', { default: '100%' }),
    confirm: param.duration('for the controller to come back', { default: '90s' }),
  },
  plays: [
    {
      title: 'Build',
      hosts: buildersFor('hypervisors'),
      builds: ({ params, facts }) => ovs.artifact(ovs.build(params, facts)),
    },
    {
      title: 'Stage',
      hosts: 'hypervisors',
      steps: ({ params, facts }) => ovs.staged(ovs.build(params, facts)),
    },
    {
      title: 'Swap',
      hosts: 'hypervisors',
      rollout: (params) => ({ waves: params.waves, stopAfterFailures: params.stop_after, concurrency: 10 }),
      steps: ({ params, facts, host }) => {
        const build = ovs.build(params, facts);
        const running = disturbed(ovs.running(build), build, host.vars);
        return [
          transaction(
            'swap',
            { confirm: params.confirm, deadline: String(host.vars['deadline'] ?? '5m') },
            early(
              'hold',
              host.vars,
              openstack.agentHeld(facts, early('capture', host.vars, ovs.forwardingUnchanged(build, running))),
            ),
          ),
          ...openstack.agentAlive(facts),
        ];
      },
    },
  ],
});
