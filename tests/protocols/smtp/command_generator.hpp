// Writes commands at random as the grammar allows (RFC 5321 §4.1.2, §4.1.3, RFC 3461 §4), and spoils them.
// What it writes comes with its meaning, so that the reader can be checked against it.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/quoted_printable.hpp"

namespace mailscope::smtp::test {

/// As it stands on the wire, and what it means.
struct Written {
  std::string wire, meaning;
};
/// A command with one path, or none where `path` is empty on the wire.
struct WrittenCommand {
  std::string line;  ///< without CR LF
  Written path{};
  std::optional<std::string> id{}, auth{};  ///< ENVID and AUTH, decoded, where they are given
};

class CommandGenerator {
 public:
  explicit CommandGenerator(std::uint32_t seed) : random_(seed) {}

  /// Any command of one line that changes no more than the transaction.
  [[nodiscard]] WrittenCommand command() {
    switch (below(6)) {
      case 0:
        return {any_case("EHLO ") + domain_or_literal()};
      case 1:
        return {any_case("VRFY ") + (chance() ? atom() : quoted_string().wire)};
      case 2:
        return {any_case("ETRN ") + (chance() ? "@" : "") + domain()};
      case 3:
        return rcpt();
      default:
        return mail();
    }
  }

  /// "MAIL FROM:" ( Reverse-path ) [SP Mail-parameters] (RFC 5321 §4.1.1.2)
  [[nodiscard]] WrittenCommand mail() {
    WrittenCommand result{any_case("MAIL FROM:"), below(8) == 0 ? Written{"<>", ""} : path()};
    result.line += result.path.wire;
    std::vector<std::string> parameters = {
        any_case("SIZE=") + std::to_string(below(10'000'000)),
        any_case("BODY=") + any_case(pick({"7BIT", "8BITMIME", "BINARYMIME"})),
        any_case("SMTPUTF8"),
        any_case("RET=") + any_case(pick({"FULL", "HDRS"})),
        any_case("BY=") + pick({"", "+"}) + std::to_string(1 + below(999'999'999)) +
            any_case(pick({";R", ";N", ";NT"})),
        any_case("MT-PRIORITY=") + pick({"", "-"}) + std::to_string(1 + below(9)),
    };
    std::shuffle(parameters.begin(), parameters.end(), random_);
    parameters.resize(below(parameters.size() + 1));
    if (chance()) {
      const Written id = xtext();
      result.id = id.meaning;
      parameters.push_back(any_case("ENVID=") + id.wire);
    }
    if (chance()) {
      const Written submitter = mailbox();
      const bool named = chance();
      result.auth = named ? submitter.meaning : "";
      parameters.push_back(any_case("AUTH=") + (named ? xtext_of(submitter.wire) : "<>"));
    }
    for (const std::string& parameter : parameters) result.line += ' ' + parameter;
    return result;
  }

  /// "RCPT TO:" ( "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] (RFC 5321 §4.1.1.3)
  [[nodiscard]] WrittenCommand rcpt() {
    const std::string postmaster = any_case("postmaster");
    WrittenCommand result{any_case("RCPT TO:"), below(8) == 0 ? Written{'<' + postmaster + '>', postmaster} : path()};
    result.line += result.path.wire;
    if (chance())
      result.line += ' ' + any_case("NOTIFY=") + any_case(pick({"NEVER", "SUCCESS", "FAILURE,DELAY", "DELAY,SUCCESS"}));
    if (chance()) result.line += ' ' + any_case("ORCPT=") + any_case("rfc822;") + xtext().wire;
    return result;
  }

  /// The line with one to four of its octets lost, doubled, changed or brought in.
  [[nodiscard]] std::string spoilt(std::string line) {
    for (std::size_t times = 1 + below(4); times > 0; --times) {
      const std::size_t at = below(line.size() + 1);
      const auto octet = static_cast<char>(below(256));
      switch (below(6)) {
        case 0:
          line.erase(at, 1 + below(3));
          break;
        case 1:
          line.insert(at, line.substr(at, below(20)));
          break;
        case 2:
          line.insert(at, 1, octet);
          break;
        case 3:
          if (at < line.size()) line[at] = octet;
          break;
        case 4:
          line.resize(at);
          break;
        default:
          line.insert(at, 1, pick_octet("<>@:;\"\\[].,=+- \t\r\n\x80\xff"));
      }
    }
    return line;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool chance() { return below(2) == 0; }
  std::string pick(std::initializer_list<const char*> choices) { return choices.begin()[below(choices.size())]; }
  char pick_octet(std::string_view octets) { return octets[below(octets.size())]; }
  std::string any_case(std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'z' && chance()) c = static_cast<char>((c & 0x5f) | (chance() ? 0x20 : 0));
    return text;
  }
  std::string run(std::string_view octets, std::size_t least, std::size_t most) {
    std::string text;
    for (std::size_t left = least + below(most - least + 1); left > 0; --left) text += pick_octet(octets);
    return text;
  }

  static constexpr std::string_view let_dig = "abcxyzABCXYZ0189";
  static constexpr std::string_view hexdig = "0123456789abcdefABCDEF";
  /// Atom = 1*atext
  std::string atom() { return run("abcxyzABCXYZ0189!#$%&'*+-/=?^_`{|}~", 1, 6); }
  std::string dot_string() {
    std::string text = atom();
    for (std::size_t more = below(3); more > 0; --more) text += '.' + atom();
    return text;
  }
  /// Quoted-string = DQUOTE *QcontentSMTP DQUOTE; the meaning with the least quoting.
  Written quoted_string() {
    if (below(3) == 0) {
      const std::string plain = dot_string();
      return {'"' + plain + '"', plain};
    }
    Written text{"\"", "\""};
    for (std::size_t left = below(12); left > 0; --left) {
      const auto c = static_cast<char>(' ' + below('~' - ' ' + 1));
      const bool must = c == '"' || c == '\\';
      text.wire.append(must || below(4) == 0 ? "\\" : "") += c;
      text.meaning.append(must ? "\\" : "") += c;
    }
    // A space makes certain that no dot-string has come about.
    return {text.wire + " \"", text.meaning + " \""};
  }
  /// Domain = sub-domain *("." sub-domain), sub-domain = Let-dig [Ldh-str]
  std::string domain() {
    std::string text;
    for (std::size_t labels = 1 + below(3); labels > 0; --labels) {
      text += run(let_dig, 1, 1);
      if (chance()) text += run("abcXYZ019-", 0, 8) + run(let_dig, 1, 1);
      if (labels > 1) text += '.';
    }
    return text;
  }
  std::string ipv4() {
    std::string text = std::to_string(below(256));
    for (int i = 0; i < 3; ++i) text += '.' + std::to_string(below(256));
    return text;
  }
  std::string groups(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ":" : "") + run(hexdig, 1, 4);
    return text;
  }
  /// IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp
  std::string ipv6() {
    switch (below(4)) {
      case 0:
        return groups(8);
      case 1: {
        const std::size_t before = below(7);
        return groups(before) + "::" + groups(below(7 - before));
      }
      case 2:
        return groups(6) + ':' + ipv4();
      default: {
        const std::size_t before = below(5), after = below(5 - before);
        return groups(before) + "::" + groups(after) + (after > 0 ? ":" : "") + ipv4();
      }
    }
  }
  std::string domain_or_literal() {
    const std::size_t kind = below(4);
    return kind == 0 ? '[' + ipv4() + ']' : kind == 1 ? "[" + any_case("IPv6:") + ipv6() + ']' : domain();
  }
  /// Mailbox = Local-part "@" ( Domain / address-literal )
  Written mailbox() {
    const std::string local = dot_string();
    const Written written = chance() ? Written{local, local} : quoted_string();
    const std::string at_domain = '@' + domain_or_literal();
    return {written.wire + at_domain, written.meaning + at_domain};
  }
  /// Path = "<" [ A-d-l ":" ] Mailbox ">"; the route is ignored (appendix C).
  Written path() {
    const Written written = mailbox();
    const std::string route = below(4) == 0 ? '@' + domain() + (chance() ? ",@" + domain() : "") + ':' : "";
    return {'<' + route + written.wire + '>', written.meaning};
  }
  /// xtext = *( xchar / hexchar ), of printable US-ASCII
  Written xtext() {
    std::string text;
    for (std::size_t left = 1 + below(30); left > 0; --left) text += static_cast<char>(' ' + below('~' - ' ' + 1));
    return {xtext_of(text), text};
  }
  std::string xtext_of(std::string_view meaning) {
    std::string text;
    for (const char c : meaning) {
      const bool must = c == ' ' || c == '+' || c == '=';
      text += must || below(6) == 0 ? '+' + hex_digits(c) : std::string(1, c);
    }
    return text;
  }

  std::mt19937 random_;
};

}  // namespace mailscope::smtp::test
