#include "protocols/tls/messages.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

namespace mailscope::tls {

namespace {

constexpr std::size_t listed_max = 40;  ///< names in one text: more than a person reads

/// Takes numbers and vectors (RFC 8446 §3) off the front; what is missing reads as 0 and empty.
class Octets {
 public:
  explicit Octets(std::string_view octets) : rest_(octets) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  std::uint32_t number(std::size_t octets) {
    std::uint32_t value = 0;
    for (const char octet : take(octets)) value = value << 8 | static_cast<unsigned char>(octet);
    return value;
  }
  std::string_view take(std::size_t octets) {
    const std::string_view taken = rest_.substr(0, octets);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  /// A vector after its length, which is a number of `length_octets`.
  std::string_view vector(std::size_t length_octets) { return take(number(length_octets)); }

 private:
  std::string_view rest_;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < listed_max; ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > listed_max ? text + ", …" : text;
}

std::string version_name(std::uint32_t version) {
  switch (version) {
    case 0x0304:
      return "TLS 1.3";
    case 0x0303:
      return "TLS 1.2";
    case 0x0302:
      return "TLS 1.1";
    case 0x0301:
      return "TLS 1.0";
    default:
      return "version " + std::to_string(version);
  }
}

std::string hexadecimal(std::uint32_t number) {
  std::array<char, 12> text{};
  std::snprintf(text.data(), text.size(), "0x%04X", number);
  return text.data();
}

/// IANA's name of a cipher suite (RFC 8446 §B.4 and its predecessors).
std::string suite_name(std::uint32_t suite) {
  // OpenSSL looks names up by a connection's method; this one is never connected, and only read.
  static const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  static const std::unique_ptr<SSL, void (*)(SSL*)> connection(context ? SSL_new(context.get()) : nullptr, SSL_free);
  if (suite == 0x00ff) return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
  const std::array<unsigned char, 2> octets{static_cast<unsigned char>(suite >> 8), static_cast<unsigned char>(suite)};
  const SSL_CIPHER* cipher = connection ? SSL_CIPHER_find(connection.get(), octets.data()) : nullptr;
  const char* name = cipher ? SSL_CIPHER_standard_name(cipher) : nullptr;
  return name ? name : hexadecimal(suite);
}

/// The facts that hellos and EncryptedExtensions tell in extensions (RFC 8446 §4.2).
struct Extensions {
  std::vector<std::string> versions, protocols;
  std::string server_name;
};

Extensions read_extensions(std::string_view extensions, bool of_client) {
  Extensions found;
  for (Octets all(extensions); !all.at_end();) {
    const std::uint32_t type = all.number(2);
    Octets body(all.vector(2));
    if (type == TLSEXT_TYPE_server_name && of_client) {  // RFC 6066 §3
      Octets names(body.vector(2));
      if (names.number(1) == TLSEXT_NAMETYPE_host_name) found.server_name = names.vector(2);
    } else if (type == TLSEXT_TYPE_application_layer_protocol_negotiation) {  // RFC 7301 §3.1
      for (Octets names(body.vector(2)); !names.at_end();) found.protocols.emplace_back(names.vector(1));
    } else if (type == TLSEXT_TYPE_supported_versions) {  // RFC 8446 §4.2.1
      for (Octets versions(of_client ? body.vector(1) : body.take(2)); !versions.at_end();)
        found.versions.push_back(version_name(versions.number(2)));
    }
  }
  return found;
}

void add_line(std::string& text, std::string_view name, const std::string& value) {
  if (!value.empty()) text.append("\n").append(name).append(": ").append(value);
}

/// RFC 8446 §4.1.2
Description client_hello(Octets body) {
  const std::uint32_t legacy_version = body.number(2);
  body.take(32);   // random
  body.vector(1);  // legacy_session_id
  std::vector<std::string> suites;
  for (Octets list(body.vector(2)); !list.at_end();) suites.push_back(suite_name(list.number(2)));
  body.vector(1);  // legacy_compression_methods
  Extensions said = read_extensions(body.vector(2), true);
  if (said.versions.empty()) said.versions.push_back(version_name(legacy_version));
  std::string text = "ClientHello " + joined(said.versions);
  if (!said.server_name.empty()) text += " for " + said.server_name;
  add_line(text, "server name", said.server_name);
  add_line(text, "ALPN", joined(said.protocols));
  add_line(text, "cipher suites", joined(suites));
  return {text, "tls/client-hello"};
}

/// RFC 8446 §4.1.3; a HelloRetryRequest is one with this random.
Description server_hello(Octets body) {
  static constexpr std::string_view retry_begin("\xCF\x21\xAD\x74\xE5\x9A\x61\x11", 8);
  const std::uint32_t legacy_version = body.number(2);
  const bool retry = body.take(32).starts_with(retry_begin);
  body.vector(1);  // legacy_session_id_echo
  const std::string suite = suite_name(body.number(2));
  body.take(1);  // legacy_compression_method
  Extensions said = read_extensions(body.vector(2), false);
  if (said.versions.empty()) said.versions.push_back(version_name(legacy_version));
  std::string text = (retry ? "HelloRetryRequest " : "ServerHello ") + said.versions.front() + " " + suite;
  add_line(text, "ALPN", joined(said.protocols));
  return {text, retry ? "tls/hello-retry-request" : "tls/server-hello"};
}

std::vector<std::string> dns_names(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::vector<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  return found;
}

std::string common_name(const X509_NAME* name) {
  std::array<char, 256> text{};
  return X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), text.size()) > 0 ? text.data() : "";
}

/// "2026-03-02"
std::string day(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
  return text.data();
}

/// RFC 8446 §4.4.2, RFC 5246 §7.4.2: the first certificate is the sender's own.
Description certificate(Octets body, bool is_13) {
  if (is_13) body.vector(1);  // certificate_request_context
  Octets list(body.vector(3));
  const std::string_view der = list.vector(3);
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509, void (*)(X509*)> own(d2i_X509(nullptr, &begin, static_cast<long>(der.size())), X509_free);
  std::string text = "Certificate";
  if (own) {
    const std::string names = joined(dns_names(own.get()));
    text += " for " + (names.empty() ? common_name(X509_get_subject_name(own.get())) : names);
    add_line(text, "issued by", common_name(X509_get_issuer_name(own.get())));
    add_line(text, "valid", day(X509_get0_notBefore(own.get())) + " – " + day(X509_get0_notAfter(own.get())));
  }
  return {text, "tls/certificate"};
}

/// RFC 8446 §4.3.1
Description encrypted_extensions(Octets body) {
  std::string text = "EncryptedExtensions";
  add_line(text, "ALPN", joined(read_extensions(body.vector(2), false).protocols));
  return {text, "tls/encrypted-extensions"};
}

struct AlertName {
  std::uint8_t code;
  std::string_view name;
};
/// RFC 8446 §6, RFC 5246 §7.2 and IANA's registry.
constexpr AlertName alert_names[] = {{0, "close_notify"},
                                     {10, "unexpected_message"},
                                     {20, "bad_record_mac"},
                                     {22, "record_overflow"},
                                     {40, "handshake_failure"},
                                     {42, "bad_certificate"},
                                     {43, "unsupported_certificate"},
                                     {44, "certificate_revoked"},
                                     {45, "certificate_expired"},
                                     {46, "certificate_unknown"},
                                     {47, "illegal_parameter"},
                                     {48, "unknown_ca"},
                                     {49, "access_denied"},
                                     {50, "decode_error"},
                                     {51, "decrypt_error"},
                                     {70, "protocol_version"},
                                     {71, "insufficient_security"},
                                     {80, "internal_error"},
                                     {86, "inappropriate_fallback"},
                                     {90, "user_canceled"},
                                     {100, "no_renegotiation"},
                                     {109, "missing_extension"},
                                     {110, "unsupported_extension"},
                                     {112, "unrecognized_name"},
                                     {113, "bad_certificate_status_response"},
                                     {115, "unknown_psk_identity"},
                                     {116, "certificate_required"},
                                     {120, "no_application_protocol"}};

}  // namespace

Description describe_handshake(std::string_view message, std::uint16_t version) {
  Octets all(message);
  const std::uint32_t type = all.number(1);
  const Octets body(all.vector(3));
  switch (type) {
    case SSL3_MT_HELLO_REQUEST:
      return {"HelloRequest", "tls/hello-request"};
    case SSL3_MT_CLIENT_HELLO:
      return client_hello(body);
    case SSL3_MT_SERVER_HELLO:
      return server_hello(body);
    case SSL3_MT_NEWSESSION_TICKET:
      return {"NewSessionTicket", "tls/new-session-ticket"};
    case SSL3_MT_ENCRYPTED_EXTENSIONS:
      return encrypted_extensions(body);
    case SSL3_MT_CERTIFICATE:
      return certificate(body, version >= 0x0304);
    case SSL3_MT_SERVER_KEY_EXCHANGE:
      return {"ServerKeyExchange", "tls/server-key-exchange"};
    case SSL3_MT_CERTIFICATE_REQUEST:
      return {"CertificateRequest", "tls/certificate-request"};
    case SSL3_MT_SERVER_DONE:
      return {"ServerHelloDone", "tls/server-hello-done"};
    case SSL3_MT_CERTIFICATE_VERIFY:
      return {"CertificateVerify", "tls/certificate-verify"};
    case SSL3_MT_CLIENT_KEY_EXCHANGE:
      return {"ClientKeyExchange", "tls/client-key-exchange"};
    case SSL3_MT_FINISHED:
      return {"Finished", "tls/finished"};
    case SSL3_MT_KEY_UPDATE:
      return {"KeyUpdate", "tls/key-update"};
    default:
      return {"handshake message " + std::to_string(type), "tls/other"};
  }
}

Description describe_alert(std::string_view alert) {
  Octets octets(alert);
  const bool fatal = octets.number(1) == SSL3_AL_FATAL;
  const std::uint32_t code = octets.number(1);
  const auto* known = std::ranges::find(alert_names, code, &AlertName::code);
  const std::string name = known == std::end(alert_names) ? std::to_string(code) : std::string(known->name);
  const bool friendly = code == SSL_AD_CLOSE_NOTIFY || code == SSL_AD_USER_CANCELLED;
  return {"Alert " + name + (fatal ? " (fatal)" : " (warning)"), "tls/alert/" + name, !friendly};
}

Description describe_change_cipher_spec() { return {"ChangeCipherSpec", "tls/change-cipher-spec"}; }

}  // namespace mailscope::tls
