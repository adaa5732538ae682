import type { PlanHead } from '../plan/index.ts';
import type { ResolvedPlaybook, SourceFile } from '../playbook/index.ts';
import { digests } from './adapters.ts';
import { version } from './package-root.ts';

/** The scripts that are the same whatever a playbook says; they decide how all others are run. */
const machinery = ['batch', 'transaction', 'attach', 'facts'];

/** What a plan is made of besides its hosts. */
export const planHead = ({ params, plays }: ResolvedPlaybook, sources: readonly SourceFile[]): PlanHead => ({
  version,
  machinery: digests.sha256(machinery.map(digests.libraries).join('\n')),
  sources,
  params,
  plays: plays.map(({ title }) => title),
});
