#include "protocols/pop3/apop.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/sasl/crypto.hpp"
#include "protocols/sasl/prepare.hpp"

namespace mailscope::pop3 {

namespace {

class ApopServer final : public sasl::ServerExchange {
 public:
  explicit ApopServer(std::string timestamp) : timestamp_(std::move(timestamp)) {}
  sasl::ServerMove respond(std::string_view response) override {
    const std::size_t space = response.rfind(' ');
    if (space == std::string_view::npos) return sasl::Failure::Malformed;
    const auto user = sasl::prepare(response.substr(0, space));
    if (!user || user->empty()) return sasl::Failure::Malformed;
    user_ = *user;
    digest_ = response.substr(space + 1);
    return sasl::SecretWanted{sasl::Mechanism::CramMd5, user_, "", ""};  // to a host it is one of the same kind
  }
  sasl::ServerMove answer(const sasl::Secret& secret) override {
    const auto* password = std::get_if<sasl::Password>(&secret);  // of stored keys no digest can be made
    const bool right = sasl::equal_secrets(apop_digest(timestamp_, password ? password->text : ""), digest_);
    if (!password || !right) return sasl::Failure::Rejected;
    return sasl::Authenticated{sasl::Mechanism::CramMd5, user_};
  }

 private:
  std::string timestamp_, user_, digest_;
};

}  // namespace

/// "<" local "@" domain ">" (RFC 1939 §7: as msg-id of RFC 822)
std::string apop_timestamp(std::string_view greeting) {
  const std::size_t open = greeting.find('<');
  if (open == std::string_view::npos) return {};
  const std::size_t close = greeting.find('>', open);
  if (close == std::string_view::npos) return {};
  const std::string_view timestamp = greeting.substr(open, close + 1 - open);
  const std::string_view inside = timestamp.substr(1, timestamp.size() - 2);
  const std::size_t at = inside.find('@');
  const bool plain = std::ranges::all_of(inside, [](char c) { return ascii::is_printable(c) && c != ' ' && c != '<'; });
  if (!plain || at == 0 || at == std::string_view::npos || at + 1 == inside.size()) return {};
  return std::string(timestamp);
}

std::string apop_digest(std::string_view timestamp, std::string_view secret) {
  const std::string prepared = sasl::prepare(secret).value_or(std::string(secret));
  return sasl::hexadecimal(sasl::digest(sasl::Hash::Md5, std::string(timestamp) + prepared));
}

std::unique_ptr<sasl::ServerExchange> apop_server(std::string timestamp) {
  return std::make_unique<ApopServer>(std::move(timestamp));
}

}  // namespace mailscope::pop3
