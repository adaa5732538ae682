import { agentAlive, agentComplaints, agentHeld } from './agent.ts';

/** The vocabulary of OpenStack compute nodes. */
export const openstack = { agentAlive, agentComplaints, agentHeld };
