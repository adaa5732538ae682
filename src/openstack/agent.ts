import type { Facts } from '../model/facts.ts';
import { around, type Node, verify } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';

const libraries = ['ovs-base', 'ovs-layout', 'ovs-forwarding', 'openstack-agent'];

/**
 * The neutron agent is stopped first and kept from starting, by the host itself, until the body is settled; then it is
 * started again if it ran before. On hosts without an agent: the body alone.
 */
export const agentHeld = (facts: Facts, body: Node): Node => {
  const unit = facts.openstack?.agentUnit;
  if (unit === undefined) return body;
  return around(
    `while ${unit.replace(/\.service$/, '')} is held`,
    {
      before: using(libraries, sh`agent_hold ${unit} && agent_held ${unit}`),
      after: using(libraries, sh`agent_release ${unit}`),
    },
    body,
  );
};

/** The agent has taken the bridges over again: it runs, and every flow of it carries its new cookie. */
export const agentAlive = (facts: Facts): readonly Node[] => {
  const unit = facts.openstack?.agentUnit;
  if (unit === undefined) return [];
  return [
    verify('the agent is at work again', {
      read: using(libraries, sh`agent_working ${unit}`),
      want: 'yes',
      within: '120s',
    }),
  ];
};

/** Prints in a sentence why the agent of a host is not at work; nothing when it is, is disabled, or when there is none. */
export const agentComplaints = (facts: Facts): readonly Script[] => {
  const unit = facts.openstack?.agentUnit;
  return unit === undefined ? [] : [using(libraries, sh`agent_complaint ${unit}`)];
};
