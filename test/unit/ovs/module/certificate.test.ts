import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certificateOf } from '../../../../src/ovs/module/certificate.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'certificate-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const withIdentifier = `-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUPn0lDeYfAPu9To2FCeQbOqMAefUwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNZmxlZXQgbW9kdWxlczAgFw0yNjExMjIyMTE5MDhaGA8yMTI2
MTAyOTIxMTkwOFowGDEWMBQGA1UEAwwNZmxlZXQgbW9kdWxlczBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABNrKFztVHlD7My3tlGRyNujKJhVKfFId13lhh6Osjfrr
oqSoAo5FAHZ/kKeLSSzbnozqW+sCHwUZEWW7Nuo0cKajUzBRMB0GA1UdDgQWBBQG
/cxsxkKdqrH0KB14CRy2JhhARzAfBgNVHSMEGDAWgBQG/cxsxkKdqrH0KB14CRy2
JhhARzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFKmhWsCgT5Q
ha6VQ+Qd+w0UsQ8B7+eXoaPMo+NE7s8yAiEA9tZRjhs23PuFb9R7MwvOlKGkggTa
COo+FiNJ/eaLOAM=
-----END CERTIFICATE-----
`;
const withoutIdentifier = `-----BEGIN CERTIFICATE-----
MIIBHTCBxAIFAIChssMwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNZmxlZXQgbW9k
dWxlczAgFw0yNjExMjIyMTE5MDhaGA8yMTI2MTAyOTIxMTkwOFowGDEWMBQGA1UE
AwwNZmxlZXQgbW9kdWxlczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIUh9GnO
JoLDqt6jTnykf9FEdMAnJ/cefXl3qptnmVxJRCGYKn+cp+qaLEtYoMttLJ059uI8
+BTh/2QY4bj9IzEwCgYIKoZIzj0EAwIDSAAwRQIhAOm2nd/HVY3iEL9x6mh4y9m2
BoM+zLYlbhk9MIbphWWmAiB6p4Wahip7WUj39KkZcV6u+pL2MqHhzLntoJWjywL4
iQ==
-----END CERTIFICATE-----
`;

const fingerprint = '6e514b2355b71733f5262f52446b9f970fa5e2996ef649b32557fdc74f7bc429';
const der = (pem: string): Buffer => Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64');

/** What `openssl x509 -ext subjectKeyIdentifier -serial -fingerprint -sha256` says of them. */
test.each([
  ["by its subject's key identifier", withIdentifier, '06fdcc6cc6429daab1f4281d78091cb626184047', fingerprint],
  ['the same from a file in DER', der(withIdentifier), '06fdcc6cc6429daab1f4281d78091cb626184047', fingerprint],
  [
    'by its serial number where it has no such identifier',
    withoutIdentifier,
    '80a1b2c3',
    '966fb0b8854ff822a576a288a1123f578ddc53fb4a8b781a673cb90c706b9df6',
  ],
])('a certificate is known as the kernel knows it, %s', (_, content, keyId, print) => {
  const file = join(directory, 'mok');
  writeFileSync(file, content);
  expect(certificateOf(file)).toEqual({ keyId, fingerprint: print });
});

describe('what is no certificate', () => {
  test('is refused before anything is sent anywhere', () => {
    const file = join(directory, 'mok');
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\n');
    expect(() => certificateOf(file)).toThrow(`${file} is no certificate.`);
  });
});
