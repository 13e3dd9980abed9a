#include "protocols/tls/stage.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "protocols/tls/binding.hpp"
#include "protocols/tls/messages.hpp"

namespace mailscope::tls {

namespace {

constexpr std::size_t record_octets_max = 16'384;  ///< of plaintext (RFC 8446 §5.1)
constexpr std::size_t record_header_octets = 5;

/// These calls fail only where memory has run out, or where this file is wrong.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

}  // namespace

/// What OpenSSL calls while it works.
struct Stage::Callbacks {
  static void message(int write, int, int content_type, const void* octets, std::size_t size, SSL*, void* stage) {
    Stage& self = *static_cast<Stage*>(stage);
    const Direction direction = write ? Direction::Sent : Direction::Received;
    const std::string_view view(static_cast<const char*>(octets), size);
    if (content_type == SSL3_RT_HEADER) return self.tell_record(direction, view);
    self.tell_message(direction, content_type, view);
  }
  static void secret(const SSL* connection, const char* line) {
    static_cast<Stage*>(SSL_get_app_data(connection))->outputs_.emplace_back(Secret{line});
  }
};

Stage::Stage(const Context& context, StageOptions options, RandomSource random, std::uint64_t wire_sent,
             std::uint64_t wire_received)
    : context_(context), options_(std::move(options)), random_(std::move(random)), connection_(nullptr, SSL_free) {
  sent_.at = wire_sent;
  received_.at = wire_received;
  const Drawing drawing(random_);
  SSL_CTX_set_keylog_callback(context_.get(), Callbacks::secret);
  connection_.reset(SSL_new(context_.get()));
  SSL* connection = connection_.get();
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  require(connection && in && out);
  SSL_set_bio(connection, in, out);
  SSL_set_app_data(connection, this);
  SSL_set_msg_callback(connection, Callbacks::message);
  SSL_set_msg_callback_arg(connection, this);
  if (context_.is_server()) {
    SSL_set_accept_state(connection);
    return;
  }
  assert(!options_.server_name.empty());
  SSL_set_connect_state(connection);
  SSL_set_verify(connection, options_.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  // dNSName alone, and "*" only as a whole label (RFC 7817 §3, RFC 6125 §6.4.3).
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  require(SSL_set1_host(connection, options_.server_name.c_str()) == 1);
  require(SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   options_.server_name.data()) == 1);  // the macro for this has a C cast
  const std::string list = protocol_name_list(options_.protocols);
  if (!list.empty())
    require(SSL_set_alpn_protos(connection, reinterpret_cast<const unsigned char*>(list.data()),
                                static_cast<unsigned>(list.size())) == 0);  // 0 is success here
}

Stage::~Stage() {
  const Drawing drawing(random_);
  connection_.reset();
}

void Stage::begin(Instant now) {
  assert(state_ == State::Fresh);
  state_ = State::Handshaking;
  deadline_ = now + options_.handshake_max;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  X509_VERIFY_PARAM_set_time(SSL_get0_param(connection_.get()), static_cast<std::time_t>(seconds));
  advance();
}

void Stage::receive(std::string_view ciphertext) {
  if (state_ == State::Failed || peer_closed_ || ciphertext.empty()) return;
  // Piece by piece, so that what was read goes before the next comes: nothing piles up in OpenSSL's buffer.
  for (; !ciphertext.empty() && state_ != State::Failed && !peer_closed_;
       ciphertext.remove_prefix(std::min(record_octets_max, ciphertext.size()))) {
    const std::string_view piece = ciphertext.substr(0, record_octets_max);
    require(BIO_write(SSL_get_rbio(connection_.get()), piece.data(), static_cast<int>(piece.size())) ==
            static_cast<int>(piece.size()));
    if (state_ != State::Fresh) advance();
  }
}

void Stage::receive_eof() {
  if (state_ == State::Handshaking) fail("the connection ended during the handshake");
}

ByteRange Stage::send(std::string_view plaintext) {
  assert(state_ == State::Established && !closed_ && !plaintext.empty());
  const Drawing drawing(random_);
  ERR_clear_error();
  sent_.told = true;
  const int written = SSL_write(connection_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
  require(written == static_cast<int>(plaintext.size()));  // the buffer takes all
  sent_.told = true;
  take_ciphertext();
  return sent_.span;
}

void Stage::close() {
  if (state_ != State::Established || std::exchange(closed_, true)) return;
  const Drawing drawing(random_);
  ERR_clear_error();
  SSL_shutdown(connection_.get());
  take_ciphertext();
}

std::optional<Instant> Stage::deadline() const { return deadline_; }

void Stage::deadline_passed(Instant now) {
  if (deadline_ && now >= *deadline_) fail("the TLS handshake took too long");
}

std::optional<Stage::Output> Stage::poll() {
  if (outputs_.empty()) return std::nullopt;
  std::optional<Output> first = std::move(outputs_.front());
  outputs_.pop_front();
  return first;
}

/// Goes as far as the octets allow that are there.
void Stage::advance() {
  const Drawing drawing(random_);
  ERR_clear_error();
  if (state_ == State::Handshaking) {
    const int result = SSL_do_handshake(connection_.get());
    const int error = SSL_get_error(connection_.get(), result);
    take_ciphertext();
    if (error == SSL_ERROR_WANT_READ) return;
    if (result != 1) return fail_by_openssl();
    state_ = State::Established;
    deadline_.reset();
    outputs_.emplace_back(Established{channel(), certificate_fault()});
  }
  read_plaintext();
}

void Stage::read_plaintext() {
  std::string plaintext(record_octets_max, '\0');
  while (state_ == State::Established && !peer_closed_) {
    const int octets = SSL_read(connection_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
    const int error = SSL_get_error(connection_.get(), octets);
    take_ciphertext();  // an alert, or the answer to a KeyUpdate
    if (octets > 0) {
      received_.told = true;
      outputs_.emplace_back(Received{plaintext.substr(0, static_cast<std::size_t>(octets)), received_.span});
    } else if (error == SSL_ERROR_WANT_READ) {
      return;
    } else if (error == SSL_ERROR_ZERO_RETURN) {
      peer_closed_ = true;
      outputs_.emplace_back(PeerClosed{});
    } else {
      fail_by_openssl();
    }
  }
}

/// What OpenSSL has written for the peer.
void Stage::take_ciphertext() {
  BIO* out = SSL_get_wbio(connection_.get());
  const std::size_t pending = BIO_ctrl_pending(out);
  if (pending == 0) return;
  std::string bytes(pending, '\0');
  require(BIO_read(out, bytes.data(), static_cast<int>(pending)) == static_cast<int>(pending));
  outputs_.emplace_back(Transmit{std::move(bytes)});
}

/// TLSPlaintext and TLSCiphertext begin with type, version and length (RFC 8446 §5.1, §5.2).
void Stage::tell_record(Direction direction, std::string_view header) {
  if (header.size() < record_header_octets) return;
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(header[i]); };
  const std::uint64_t length = record_header_octets + (std::uint64_t{octet(3)} << 8 | octet(4));
  Track& records = track(direction);
  const ByteRange record{records.at, records.at + length};
  records.at = record.end;
  if (octet(0) == SSL3_RT_CHANGE_CIPHER_SPEC) {
    // TLS 1.3 sends it for old boxes on the way alone, and OpenSSL drops it unsaid (RFC 8446 §D.4): told here.
    records.changed_cipher = true;
    Description seen = describe_change_cipher_spec();
    outputs_.emplace_back(Message{direction, record, false, std::move(seen.text), std::move(seen.topic), false});
    return;
  }
  const bool is_12 = SSL_version(connection_.get()) < TLS1_3_VERSION;
  records.encrypted = octet(0) == SSL3_RT_APPLICATION_DATA || (is_12 && records.changed_cipher);
  records.span = std::exchange(records.told, false) ? record : ByteRange{records.span.begin, record.end};
}

void Stage::tell_message(Direction direction, int content_type, std::string_view octets) {
  if (content_type != SSL3_RT_HANDSHAKE && content_type != SSL3_RT_ALERT) return;
  Track& records = track(direction);
  records.told = true;
  const bool alert = content_type == SSL3_RT_ALERT;
  Description seen = alert ? describe_alert(octets)
                           : describe_handshake(octets, static_cast<std::uint16_t>(SSL_version(connection_.get())));
  if (alert && seen.is_error && direction == Direction::Received) alert_ = seen.topic.substr(seen.topic.rfind('/') + 1);
  outputs_.emplace_back(
      Message{direction, records.span, records.encrypted, std::move(seen.text), std::move(seen.topic), seen.is_error});
}

SecureChannel Stage::channel() const {
  SSL* connection = connection_.get();
  SecureChannel made;
  made.version = SSL_get_version(connection);
  made.cipher_suite = SSL_CIPHER_standard_name(SSL_get_current_cipher(connection));
  const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  made.server_name = name ? name : "";
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(connection, &protocol, &length);
  if (length > 0) made.protocol.assign(reinterpret_cast<const char*>(protocol), length);
  made.exporter = exporter_binding(connection);
  made.server_end_point = server_end_point_binding(connection, context_.library());
  return made;
}

CertificateFault Stage::certificate_fault() const {
  if (context_.is_server()) return CertificateFault::None;
  switch (SSL_get_verify_result(connection_.get())) {
    case X509_V_OK:
      return CertificateFault::None;
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return CertificateFault::WrongName;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return CertificateFault::Expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return CertificateFault::NotYetValid;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return CertificateFault::Untrusted;
    default:
      return CertificateFault::Other;
  }
}

std::string_view phrase(CertificateFault fault) {
  switch (fault) {
    case CertificateFault::None:
      return "";
    case CertificateFault::WrongName:
      return "the certificate is for another name";
    case CertificateFault::Expired:
      return "the certificate has expired";
    case CertificateFault::NotYetValid:
      return "the certificate is not valid yet";
    case CertificateFault::Untrusted:
      return "the certificate is signed by nobody who is trusted";
    case CertificateFault::Other:
      return "the certificate is not acceptable";
  }
  return "";
}

void Stage::fail_by_openssl() {
  if (!alert_.empty()) return fail("the peer sent the TLS alert " + alert_);
  const CertificateFault fault = options_.verify ? certificate_fault() : CertificateFault::None;
  if (fault != CertificateFault::None && state_ == State::Handshaking) return fail(std::string(phrase(fault)), fault);
  const unsigned long error = ERR_peek_error();
  const char* reason = ERR_reason_error_string(error);
  const std::string told = std::string("TLS error: ") + (reason ? reason : "the peer speaks no TLS");
  // What came has no record's version in its place: a text, in all likelihood.
  const bool is_text =
      ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER || ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
  fail(state_ == State::Handshaking && is_text
           ? "the other side speaks in the clear where TLS was to begin: the port, or the setting, is another (" +
                 told + ")"
           : told);
}

void Stage::fail(std::string reason, CertificateFault fault) {
  if (state_ == State::Failed) return;
  state_ = State::Failed;
  deadline_.reset();
  outputs_.emplace_back(Failed{std::move(reason), fault});
}

}  // namespace mailscope::tls
