import { agentAlive, agentHeld } from './agent.ts';

/** The vocabulary of OpenStack compute nodes. */
export const openstack = { agentAlive, agentHeld };
