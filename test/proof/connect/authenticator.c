/*
 * A FIDO token in software, for tests where no token is plugged in: the key's handle is its private half, and nobody
 * has to touch anything. By PROTOCOL.u2f and sk-api.h of OpenSSH; ecdsa-sk alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#define API_MAJOR 0x000a0000
#define ECDSA 0
#define GENERAL_ERROR -1
#define UNSUPPORTED -2
#define USER_PRESENT 0x01
#define SCALAR 32
#define POINT 65

struct sk_option {
	char *name;
	char *value;
	uint8_t required;
};

struct sk_enroll_response {
	uint8_t flags;
	uint8_t *public_key;
	size_t public_key_len;
	uint8_t *key_handle;
	size_t key_handle_len;
	uint8_t *signature;
	size_t signature_len;
	uint8_t *attestation_cert;
	size_t attestation_cert_len;
	uint8_t *authdata;
	size_t authdata_len;
};

struct sk_sign_response {
	uint8_t flags;
	uint32_t counter;
	uint8_t *sig_r;
	size_t sig_r_len;
	uint8_t *sig_s;
	size_t sig_s_len;
};

struct sk_resident_key;

uint32_t sk_api_version(void) { return API_MAJOR; }

int sk_enroll(uint32_t alg, const uint8_t *challenge, size_t challenge_len, const char *application, uint8_t flags,
    const char *pin, struct sk_option **options, struct sk_enroll_response **enrolled)
{
	struct sk_enroll_response *answer;
	EC_KEY *key;

	(void)challenge, (void)challenge_len, (void)application, (void)pin, (void)options;
	if (alg != ECDSA)
		return UNSUPPORTED;
	answer = calloc(1, sizeof *answer);
	key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	if (answer == NULL || key == NULL || EC_KEY_generate_key(key) != 1)
		return GENERAL_ERROR;
	answer->flags = flags;
	answer->public_key = malloc(POINT);
	answer->public_key_len = EC_POINT_point2oct(EC_KEY_get0_group(key), EC_KEY_get0_public_key(key),
	    POINT_CONVERSION_UNCOMPRESSED, answer->public_key, POINT, NULL);
	answer->key_handle = malloc(SCALAR);
	answer->key_handle_len = (size_t)BN_bn2binpad(EC_KEY_get0_private_key(key), answer->key_handle, SCALAR);
	/* Nobody asks it to attest; ssh-keygen wants something there. */
	answer->signature = calloc(1, 1);
	answer->signature_len = 1;
	EC_KEY_free(key);
	*enrolled = answer;
	return 0;
}

static EC_KEY *key_of(const uint8_t *handle, size_t length)
{
	EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *scalar = BN_bin2bn(handle, (int)length, NULL);

	if (key == NULL || scalar == NULL || length != SCALAR || EC_KEY_set_private_key(key, scalar) != 1)
		return NULL;
	BN_free(scalar);
	return key;
}

int sk_sign(uint32_t alg, const uint8_t *data, size_t data_len, const char *application, const uint8_t *handle,
    size_t handle_len, uint8_t flags, const char *pin, struct sk_option **options, struct sk_sign_response **signed_)
{
	/* What a token signs: the hash of the application, its flags, its counter, the hash of the message. */
	uint8_t told[SHA256_DIGEST_LENGTH + 1 + 4 + SHA256_DIGEST_LENGTH] = { 0 };
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct sk_sign_response *answer = calloc(1, sizeof *answer);
	const BIGNUM *r, *s;
	ECDSA_SIG *signature;
	EC_KEY *key;

	(void)pin, (void)options;
	if (alg != ECDSA)
		return UNSUPPORTED;
	key = key_of(handle, handle_len);
	if (answer == NULL || key == NULL)
		return GENERAL_ERROR;
	answer->flags = flags & USER_PRESENT;
	answer->counter = 1;
	SHA256((const uint8_t *)application, strlen(application), told);
	told[SHA256_DIGEST_LENGTH] = answer->flags;
	told[SHA256_DIGEST_LENGTH + 4] = (uint8_t)answer->counter;
	SHA256(data, data_len, told + SHA256_DIGEST_LENGTH + 5);
	SHA256(told, sizeof told, digest);
	signature = ECDSA_do_sign(digest, sizeof digest, key);
	if (signature == NULL)
		return GENERAL_ERROR;
	ECDSA_SIG_get0(signature, &r, &s);
	answer->sig_r = malloc(SCALAR);
	answer->sig_r_len = (size_t)BN_bn2binpad(r, answer->sig_r, SCALAR);
	answer->sig_s = malloc(SCALAR);
	answer->sig_s_len = (size_t)BN_bn2binpad(s, answer->sig_s, SCALAR);
	ECDSA_SIG_free(signature);
	EC_KEY_free(key);
	*signed_ = answer;
	return 0;
}

int sk_load_resident_keys(const char *pin, struct sk_option **options, struct sk_resident_key ***keys, size_t *count)
{
	(void)pin, (void)options, (void)keys, (void)count;
	return UNSUPPORTED;
}
