import { FleetError } from '../model/error.ts';

/** Why an operation cannot be what the playbook asks for. */
export const refuse = (code: string, message: string, remedy: string): FleetError =>
  new FleetError({ code: `operations.${code}`, message, remedy });
