import type { FleetError } from '../model/error.ts';
import type { Secret } from '../model/secret.ts';
import type { Position } from './position.ts';
import type { Dialect } from './scalars.ts';

/** How a file is read. */
export interface Reading {
  readonly dialect: Dialect;
  /** Takes what a reader can go on after; whoever wants the first problem only throws it. */
  readonly report: (problem: FleetError) => void;
  /** Makes a secret of a `!vault` value; absent where vaults mean nothing. */
  readonly openVault?: (ciphertext: string, at: Position) => Secret;
  /** `hidden`: the file came out of a vault, and every value in it is a secret. */
  readonly values: 'shown' | 'hidden';
}

export const throwIt = (problem: FleetError): never => {
  throw problem;
};
