// A random generator as OpenSSL 3 wants one: a provider with one algorithm (OSSL_OP_RAND), which replaces the DRBGs of
// one library context. See provider-rand(7).
#include "protocols/tls/library.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <utility>

namespace mailscope::tls {

namespace {

thread_local const RandomSource* current_source = nullptr;

/// What OpenSSL holds as an instance of the generator: nothing but its life cycle.
struct Generator {
  int state = EVP_RAND_STATE_UNINITIALISED;
};

Generator* self(void* generator) { return static_cast<Generator*>(generator); }

void* new_generator(void*, void*, const OSSL_DISPATCH*) { return new Generator; }
void free_generator(void* generator) { delete self(generator); }
int instantiate(void* generator, unsigned, int, const unsigned char*, std::size_t, const OSSL_PARAM*) {
  self(generator)->state = EVP_RAND_STATE_READY;
  return 1;
}
int uninstantiate(void* generator) {
  self(generator)->state = EVP_RAND_STATE_UNINITIALISED;
  return 1;
}
int generate(void*, unsigned char* out, std::size_t octets, unsigned, int, const unsigned char*, std::size_t) {
  if (!current_source) return 0;
  (*current_source)({out, octets});
  return 1;
}
int enable_locking(void*) { return 1; }
int lock(void*) { return 1; }
void unlock(void*) {}

constexpr unsigned strength_bits = 256;
constexpr std::size_t request_octets_max = 1 << 16;

int get_parameters(void* generator, OSSL_PARAM parameters[]) {
  OSSL_PARAM* state = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STATE);
  OSSL_PARAM* strength = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STRENGTH);
  OSSL_PARAM* request = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_MAX_REQUEST);
  return (!state || OSSL_PARAM_set_int(state, self(generator)->state)) &&
         (!strength || OSSL_PARAM_set_uint(strength, strength_bits)) &&
         (!request || OSSL_PARAM_set_size_t(request, request_octets_max));
}
const OSSL_PARAM* gettable_parameters(void*, void*) {
  static const OSSL_PARAM table[] = {OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, nullptr),
                                     OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, nullptr),
                                     OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, nullptr), OSSL_PARAM_END};
  return table;
}

/// OpenSSL's tables hold functions of every type as this one.
template <class Function>
auto erased(Function* function) {
  return reinterpret_cast<void (*)(void)>(function);
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  static const OSSL_DISPATCH functions[] = {{OSSL_FUNC_RAND_NEWCTX, erased(new_generator)},
                                            {OSSL_FUNC_RAND_FREECTX, erased(free_generator)},
                                            {OSSL_FUNC_RAND_INSTANTIATE, erased(instantiate)},
                                            {OSSL_FUNC_RAND_UNINSTANTIATE, erased(uninstantiate)},
                                            {OSSL_FUNC_RAND_GENERATE, erased(generate)},
                                            {OSSL_FUNC_RAND_ENABLE_LOCKING, erased(enable_locking)},
                                            {OSSL_FUNC_RAND_LOCK, erased(lock)},
                                            {OSSL_FUNC_RAND_UNLOCK, erased(unlock)},
                                            {OSSL_FUNC_RAND_GET_CTX_PARAMS, erased(get_parameters)},
                                            {OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, erased(gettable_parameters)},
                                            {0, nullptr}};
  static const OSSL_ALGORITHM algorithms[] = {
      {"MAILSCOPE-DRAWN", "provider=mailscope", functions, "octets that the caller gives"},
      {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? algorithms : nullptr;
}

int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out, void** context) {
  static const OSSL_DISPATCH provider[] = {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, erased(query)}, {0, nullptr}};
  *out = provider;
  *context = nullptr;
  return 1;
}

/// All of this is built into libcrypto: it fails only where memory has run out or the library is broken.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

}  // namespace

void real_random(std::span<unsigned char> octets) {
  require(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1);
}

Library::Library(Randomness randomness) : context_(OSSL_LIB_CTX_new(), OSSL_LIB_CTX_free) {
  require(context_ != nullptr);
  require(OSSL_PROVIDER_load(get(), "default") != nullptr);  // unloaded with its context
  if (randomness == Randomness::Real) return;
  require(OSSL_PROVIDER_add_builtin(get(), "mailscope", start_provider) == 1);
  require(OSSL_PROVIDER_load(get(), "mailscope") != nullptr);
  require(RAND_set_DRBG_type(get(), "MAILSCOPE-DRAWN", "provider=mailscope", nullptr, nullptr) == 1);
}

Drawing::Drawing(const RandomSource& source) : before_(std::exchange(current_source, &source)) {}

Drawing::~Drawing() { current_source = before_; }

}  // namespace mailscope::tls
