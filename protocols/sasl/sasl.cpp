#include "protocols/sasl/sasl.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::sasl {

namespace {

/// message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 §2); authcid and passwd are not empty.
ServerMove plain_message(std::string_view message) {
  const std::size_t first = message.find('\0');
  if (first == std::string_view::npos) return Malformed{};
  const std::size_t second = message.find('\0', first + 1);
  if (second == std::string_view::npos) return Malformed{};
  const std::string_view user = message.substr(first + 1, second - first - 1);
  const std::string_view password = message.substr(second + 1);
  if (user.empty() || password.empty() || password.find('\0') != std::string_view::npos) return Malformed{};
  return Identity{std::string(message.substr(0, first)), std::string(user), std::string(password)};
}

}  // namespace

std::string_view name(Mechanism mechanism) { return mechanism == Mechanism::Plain ? "PLAIN" : "LOGIN"; }

std::optional<Mechanism> mechanism(std::string_view wanted) {
  for (const Mechanism each : mechanisms)
    if (ascii::iequals(name(each), wanted)) return each;
  return std::nullopt;
}

ServerMove ServerExchange::begin(std::optional<std::string_view> initial_response) {
  if (initial_response) return respond(*initial_response);
  return Challenge{mechanism_ == Mechanism::Plain ? "" : "Username:"};
}

ServerMove ServerExchange::respond(std::string_view response) {
  if (mechanism_ == Mechanism::Plain) return plain_message(response);
  if (response.empty()) return Malformed{};
  if (user_) return Identity{"", *user_, std::string(response)};
  user_ = std::string(response);
  return Challenge{"Password:"};
}

std::optional<std::string> ClientExchange::initial_response() {
  return mechanism_ == Mechanism::Plain ? respond("") : std::nullopt;
}

std::optional<std::string> ClientExchange::respond(std::string_view) {
  // LOGIN's questions are answered by their order: servers word them differently.
  const int turn = responses_++;
  if (mechanism_ == Mechanism::Plain && turn == 0) {
    using namespace std::string_literals;
    return "\0"s + credentials_.user + "\0"s + credentials_.password;
  }
  if (mechanism_ == Mechanism::Login && turn == 0) return credentials_.user;
  if (mechanism_ == Mechanism::Login && turn == 1) return credentials_.password;
  return std::nullopt;
}

std::optional<Mechanism> choose(std::span<const std::string> offered) {
  for (const Mechanism each : mechanisms)
    if (std::ranges::any_of(offered, [&](const std::string& other) { return ascii::iequals(name(each), other); }))
      return each;
  return std::nullopt;
}

}  // namespace mailscope::sasl
