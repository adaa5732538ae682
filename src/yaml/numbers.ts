import type { YamlScalar } from './node.ts';

/** Whether a number is a float in Python: by how it is written, since JavaScript has one kind. */
const isFloat = ({ value, text }: YamlScalar): boolean =>
  typeof value === 'number' && (!Number.isInteger(value) || (!/^[-+]?0[xXbBoO]/.test(text) && /[.eE]/.test(text)));

/** `repr()` of a float: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16. */
const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (Object.is(value, -0)) return '-0.0';
  const plain = exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
};

/** A number as Python prints it. */
export const numberText = (scalar: YamlScalar & { readonly value: number }): string =>
  isFloat(scalar) ? floatText(scalar.value) : String(scalar.value);

export const isNumber = (scalar: YamlScalar): scalar is YamlScalar & { readonly value: number } =>
  typeof scalar.value === 'number';
