#include "sim/words/explanations.hpp"

#include <catch2/catch_all.hpp>
#include <sstream>

#include "assets/assets.hpp"
#include "protocols/smtp/own_replies.hpp"
#include "protocols/smtp/server.hpp"
#include "sim/words/sub_topics.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;

namespace {

/// What engines, network and hosts may write into Step::topic and Notice::topic, "A|B" being alternatives of one part.
constexpr const char* required_topics = R"(
smtp/command/EHLO|HELO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|AUTH|VRFY|EXPN|HELP|STARTTLS|BDAT|BURL|ETRN|TURN|SEND|SOML|SAML|unknown
smtp/content smtp/chunk
smtp/reply/211|214|220|221|235|250|251|252|253|334|354|421|450|451|452|454|455|458|459|500|501|502|503|504|530|534|535|538|550|551|552|553|554|555
smtp/reply/greeting/220|421|554 smtp/reply/EHLO|HELO|MAIL|RCPT|content|RSET|NOOP|VRFY|EXPN/250 smtp/reply/MAIL|RCPT|DATA/503 smtp/reply/BDAT|VRFY|EXPN/250
smtp/reply/ETRN/250|251|252|253|458|459 smtp/extension/STARTTLS|AUTH
smtp/enhanced/2.0.0|2.1.0|2.1.5|2.7.0|4.0.0|4.2.2|4.3.0|4.3.1|4.4.1|4.4.3|4.4.4|4.4.7|4.7.1|4.7.4|5.0.0|5.1.1|5.1.2|5.1.10
smtp/enhanced/4.7.5|5.4.4|5.7.9|5.7.11 dns/answer/BADVERS notice/dns-without-edns|tls-given-up|not-by-reference|queue-asked|queue-refused
smtp/enhanced/5.6.6|5.7.14 smtp/enhanced/5.2.2|5.5.6|5.6.3|5.7.1|5.7.4|5.7.8|2.3.6|4.3.3|4.7.12|5.3.3|5.6.9|5.7.16|5.7.30 smtp/reply/432
sasl/mechanism/SCRAM-SHA-256-PLUS|SCRAM-SHA-1-PLUS|SCRAM-SHA-256|SCRAM-SHA-1|CRAM-MD5|OAUTHBEARER|XOAUTH2|PLAIN|LOGIN
smtp/reply/RCPT/550|450|452 smtp/reply/DATA/354|554 smtp/reply/content/451|452|550|552|554 smtp/reply/AUTH|auth-response/235|334|535
smtp/reply/MAIL/530|552 smtp/reply/QUIT/221 smtp/reply/unknown/500|502 smtp/reply/RSET|QUIT|DATA/501 smtp/reply/STARTTLS/220|454|502
pop3/reply/AUTH/+|+OK|-ERR pop3/command/AUTH|APOP pop3/reply/APOP/+OK|-ERR
pop3/command/USER|PASS|STAT|LIST|RETR|DELE|NOOP|RSET|QUIT|TOP|UIDL|CAPA|UTF8|LANG|unknown
pop3/reply/greeting|USER|PASS|STAT|LIST|RETR|DELE|NOOP|RSET|QUIT|TOP|UIDL|CAPA|UTF8|LANG|unknown/+OK|-ERR
imap/command/CAPABILITY|NOOP|LOGIN|LOGOUT|SELECT|EXAMINE|FETCH|UID_FETCH|STORE|UID_STORE|SEARCH|UID_SEARCH|LIST|LSUB|STATUS
imap/command/APPEND|COPY|UID_COPY|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE|CLOSE|CHECK|EXPUNGE|AUTHENTICATE|STARTTLS|unknown
imap/command/IDLE|DONE|ID|ENABLE|NAMESPACE|UNSELECT|MOVE|UID_MOVE|UID_EXPUNGE imap/untagged/ID|ENABLED|NAMESPACE
imap/untagged/ESEARCH|VANISHED imap/command/REPLACE|UID_REPLACE|UNAUTHENTICATE|SORT|UID_SORT|THREAD|UID_THREAD|GETQUOTA|GETQUOTAROOT
imap/untagged/UIDFETCH|SORT|THREAD|QUOTA|QUOTAROOT|ACL|LISTRIGHTS|MYRIGHTS|METADATA
imap/command/SETACL|DELETEACL|GETACL|LISTRIGHTS|MYRIGHTS|GETMETADATA|SETMETADATA|ESEARCH|NOTIFY|COMPRESS
imap/command/GENURLAUTH|URLFETCH|RESETKEY imap/untagged/GENURLAUTH|URLFETCH imap/code/BADURL|URLMECH
imap/capability/URLAUTH|URLAUTH=BINARY|CONTEXT imap/command/CANCELUPDATE imap/code/NOUPDATE
imap/reply/LOGIN|AUTHENTICATE|SELECT|UID_FETCH|STORE|LOGOUT|unknown/OK|NO|BAD imap/continuation
imap/untagged/unknown|greeting|FETCH|EXISTS|RECENT|FLAGS|OK|NO|BAD|BYE|PREAUTH|CAPABILITY|LIST|LSUB|STATUS|SEARCH|EXPUNGE
imap/code/ALERT|ALREADYEXISTS|ANNOTATE|ANNOTATIONS|APPENDUID|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|BADCHARSET|BADEVENT|CANNOT|CAPABILITY
imap/code/CLIENTBUG|CLOSED|COMPRESSIONACTIVE|CONTACTADMIN|COPYUID|CORRUPTION|DOWNGRADED|EXPIRED|EXPUNGEISSUED|HASCHILDREN
imap/code/HIGHESTMODSEQ|INPROGRESS|INUSE|LIMIT|MAILBOXID|METADATA|MODIFIED|NOMODSEQ|NONEXISTENT|NOPERM
imap/code/NOTIFICATIONOVERFLOW|NOTSAVED|OVERQUOTA|PARSE|PERMANENTFLAGS|PRIVACYREQUIRED|READ-ONLY|READ-WRITE|SERVERBUG
imap/code/TOOBIG|TRYCREATE|UIDNEXT|UIDNOTSTICKY|UIDREQUIRED|UIDVALIDITY|UNAVAILABLE|UNKNOWN-CTE|UNSEEN|USEATTR
imap/item/ANNOTATION|BINARY|BINARY.SIZE|BODY|BODYSTRUCTURE|EMAILID|ENVELOPE|FLAGS|INTERNALDATE|MODSEQ|PREVIEW|RFC822|RFC822.SIZE|SAVEDATE|THREADID|UID
imap/status/APPENDLIMIT|DELETED|DELETED-STORAGE|HIGHESTMODSEQ|MAILBOXID|MESSAGES|RECENT|SIZE|UIDNEXT|UIDVALIDITY|UNSEEN
imap/attribute/\HasChildren|\HasNoChildren|\Marked|\NoAccess|\NoInferiors|\NonExistent|\Noselect|\Subscribed|\Unmarked
imap/flag/\Recent|\*|$Forwarded|$Important|$Junk|$MDNSent|$NotJunk|$Phishing
imap/capability/AUTH|LOGINDISABLED|STARTTLS|SASL-IR|LITERAL-|COMPRESS=DEFLATE|UIDONLY|INPROGRESS
pop3/code/AUTH|IN-USE|LOGIN-DELAY|UTF8 pop3/code/SYS/PERM|TEMP
pop3/capability/APOP|AUTH-RESP-CODE|EXPIRE|IMPLEMENTATION|LANG|LOGIN-DELAY|PIPELINING|RESP-CODES|SASL|STLS|TOP|UIDL|USER|UTF8
dns/query/MX|A|AAAA|CNAME|TXT|SRV|PTR|SOA|malformed dns/answer/MX|A|AAAA|CNAME|TXT|SRV|PTR|SOA/NOERROR|NODATA|NXDOMAIN|SERVFAIL|REFUSED|FORMERR|NOTIMP
tcp/refused|timed-out|reset
header/From|Sender|Reply-To|To|Cc|Bcc|Subject|Date|Message-ID|In-Reply-To|References|Received|Return-Path|Delivered-To
header/Original-Recipient|TLS-Required
header/MIME-Version|Content-Type|Content-Transfer-Encoding|Content-Disposition|Content-ID|Auto-Submitted|User-Agent|Disposition-Notification-To
tls/client-hello|server-hello|encrypted-extensions|certificate|certificate-verify|finished|change-cipher-spec
pop3/command/STLS pop3/reply/STLS/+OK
notice/sent|send-failed|send-deferred|delivered|relayed|relay-deferred|bounced|login-failed|retrieved|retrieve-failed
notice/foreign-peer-refused|too-many-peers|crashed|restarted|duplicate|expanded|delay-reported|report-lost
notice/retrieve-deferred
notice/dns-cached|dns-failed-before|dns-alias|dns-truncated|dns-next-server|looked-up
notice/server-found|server-found-in-clear|service-not-offered|no-server-found
notice/connection-refused|connection-timed-out|lookup-failed|synchronised|opened|no-such-message
notice/not-downloaded|off-line|went-off-line|went-on-line|change-dropped|change-refused|change-deferred|change-contested
notice/mailbox-created|search-local|search-server|receipt-given|receipt-not-given|outbox-waits|outbox-asks
notice/mailbox-refused|not-fetched|unreadable|unreadable-in-all|alert|alert-in-clear|login-next|no-unique-ids
notice/certificate-wrong-name|certificate-expired|certificate-untrusted|certificate-refused
notice/line-unfinished|tls-at-clear-door|clear-at-tls-door imap/continuation/idling
)";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

std::vector<std::string> expanded_topics() {
  std::vector<std::string> all;
  std::istringstream words(required_topics);
  for (std::string word; words >> word;) {
    std::ranges::replace(word, '_', ' ');
    std::vector<std::string> topics{""};
    for (const std::string& part : split(word, '/')) {
      std::vector<std::string> longer;
      for (const std::string& topic : topics)
        for (const std::string& alternative : split(part, '|'))
          longer.push_back(topic.empty() ? alternative : topic + '/' + alternative);
      topics = std::move(longer);
    }
    all.insert(all.end(), topics.begin(), topics.end());
  }
  return all;
}

/// Every text of every explanation, with where it stands.
std::vector<std::pair<std::string, Text>> all_texts() {
  std::vector<std::pair<std::string, Text>> texts;
  for (const std::string_view topic : explained_topics()) {
    const Explanation& one = *explanation(topic);
    texts.emplace_back(topic, one.title);
    for (const Text* text : {&one.meaning, &one.why_now})
      if (!text->empty()) texts.emplace_back(topic, *text);
    for (const auto& answer : one.could_answer) texts.emplace_back(one.topic + " " + answer.wire, answer.meaning);
  }
  return texts;
}

/// The spans of `text` from `open` to the next `close`: wire text in backticks, or arguments in braces.
std::set<std::string> spans(const std::string& text, char open, char close) {
  std::set<std::string> found;
  for (std::size_t at = text.find(open); at != std::string::npos;) {
    const std::size_t end = text.find(close, at + 1);
    if (end == std::string::npos) return {"unclosed"};
    found.insert(text.substr(at, end + 1 - at));
    at = text.find(open, end + 1);
  }
  return found;
}

/// Is it a dotted enhanced status code (RFC 3463 §2) of the class of `code`?
bool is_enhanced(const std::string& text, char code_class) {
  const std::vector<std::string> numbers = split(text, '.');
  return numbers.size() == 3 && numbers[0] == std::string(1, code_class) &&
         std::ranges::all_of(numbers, [](const std::string& number) {
           return !number.empty() && number.size() <= 3 && number.find_first_not_of("0123456789") == std::string::npos;
         });
}

/// The topic of the reply `wire` to the command `topic`, or in the place of the reply `topic`, as the engine that sends
/// it would write it.
std::string reply_topic(const std::string& topic, const std::string& wire) {
  const std::vector<std::string> parts = split(topic, '/');
  const std::string& context = parts.size() == 4 ? parts[2] : parts.back();
  const std::string word = split(wire, ' ').front();
  if (parts[0] != "dns") return parts[0] + "/reply/" + context + '/' + word;
  return "dns/answer/" + context + '/' + (word == context ? "NOERROR" : word);
}

}  // namespace

TEST_CASE("Every built-in file of explanations can be read") {
  std::size_t files{};
  for (const std::string_view path : asset_paths()) {
    if (!path.starts_with("explanations/")) continue;
    ++files;
    const ExplanationReading reading = read_explanations(path, asset(path).value());
    INFO(reading.fault.value_or(""));
    CHECK_FALSE(reading.fault);
    CHECK_FALSE(reading.explanations.empty());
  }
  CHECK(files >= 6);
}

TEST_CASE("Every explanation is complete in every language") {
  for (const auto& [where, text] : all_texts()) {
    INFO(where << ": " << text.in(Language::English));
    CHECK(text.missing().empty());
  }
}

TEST_CASE("Every topic that an engine, the network or a host writes is explained") {
  for (const std::string& topic : expanded_topics()) {
    INFO(topic);
    CHECK(explanation(topic) != nullptr);
  }
}

TEST_CASE("Every reply, enhanced code, extension and verb of the SMTP server's own tables is explained") {
  for (const smtp::OwnReply& reply : smtp::own_replies) {
    INFO(reply.code << ' ' << reply.enhanced << ' ' << reply.text);
    CHECK(explanation(smtp::reply_topic({}, reply.code)) != nullptr);
    CHECK((reply.enhanced.empty() || explanation("smtp/enhanced/" + std::string(reply.enhanced)) != nullptr));
  }
  for (const std::string_view keyword : smtp::extension_keywords) {
    INFO(keyword);
    CHECK(explanation("smtp/extension/" + std::string(keyword)) != nullptr);
  }
  for (const std::string_view verb : smtp::Server::verb_names()) {
    INFO(verb);
    CHECK(explanation("smtp/command/" + std::string(verb)) != nullptr);
  }
}

TEST_CASE("Every capability, system flag and special use that the IMAP server's own tables hold is explained") {
  mailstore::Account account("bruno");
  test::Session session(account);
  session.say("a LOGIN bruno ginger-4\r\n");
  const std::string told = session.say("b CAPABILITY\r\n");
  std::istringstream words(told.substr(0, told.find("\r\n")));
  for (std::string word; words >> word;) {
    INFO(word);
    if (word != "*" && word != "CAPABILITY")
      CHECK_FALSE(sub_topics("imap/untagged/CAPABILITY", "* CAPABILITY " + word).empty());
  }
  for (const std::string_view flag : mailstore::system_flag_names)
    CHECK(explanation("imap/flag/" + std::string(flag)) != nullptr);
  for (const std::string_view use : mailstore::special_use_names)
    CHECK(explanation("imap/attribute/" + std::string(use)) != nullptr);
}

TEST_CASE("A topic falls back to the one without its context, and to nothing else") {
  REQUIRE(explanation("smtp/reply/RCPT/250"));
  CHECK(explanation("smtp/reply/RCPT/250")->topic == "smtp/reply/RCPT/250");
  REQUIRE(explanation("smtp/reply/RCPT/451"));
  CHECK(explanation("smtp/reply/RCPT/451")->topic == "smtp/reply/451");
  REQUIRE(explanation("imap/reply/UID STORE/BAD"));
  CHECK(explanation("imap/reply/UID STORE/BAD")->topic == "imap/reply/BAD");
  CHECK(explanation("smtp/reply/RCPT/299") == nullptr);
  CHECK(explanation("smtp/command/XYZZY") == nullptr);
  CHECK(explanation("notice") == nullptr);
  CHECK(explanation("") == nullptr);
}

TEST_CASE("Wire text and arguments are the same in every language") {
  for (const auto& [where, text] : all_texts()) {
    for (const Language language : all_languages) {
      INFO(where << " in " << code(language));
      CHECK(spans(text.in(language), '`', '`') == spans(text.in(Language::English), '`', '`'));
      if (where.starts_with("notice/"))
        CHECK(spans(text.in(language), '{', '}') == spans(text.in(Language::English), '{', '}'));
    }
  }
}

TEST_CASE("Every answer is one that its protocol knows, and is explained itself") {
  for (const std::string_view topic : explained_topics()) {
    for (const auto& answer : explanation(topic)->could_answer) {
      INFO(topic << " answered by " << answer.wire);
      const std::vector<std::string> words = split(answer.wire, ' ');
      if (topic.starts_with("smtp/")) {
        REQUIRE(words[0].size() == 3);
        CHECK(words[0].find_first_not_of("0123456789") == std::string::npos);
        CHECK((words.size() == 1 || (words.size() == 2 && is_enhanced(words[1], words[0][0]))));
        CHECK(answer.is_error == (words[0][0] >= '4'));
        CHECK(answer.is_transient == (words[0][0] == '4'));
      }
      if (topic.starts_with("pop3/")) CHECK(answer.is_error == (words[0] == "-ERR"));
      if (topic.starts_with("imap/")) CHECK(answer.is_error == (words[0] != "OK"));
      if (topic.starts_with("dns/query/")) CHECK(answer.is_transient == (words[0] == "SERVFAIL"));
      CHECK(explanation(reply_topic(std::string(topic), answer.wire)) != nullptr);
    }
  }
}

TEST_CASE("A reply in its context tells what else could have been answered") {
  const auto others = [](std::string_view topic) {
    std::vector<std::string> wires;
    for (const auto& answer : explanation(topic)->could_answer) wires.push_back(answer.wire);
    return wires;
  };
  using Wires = std::vector<std::string>;
  CHECK(others("smtp/reply/DATA/354") == Wires{"503 5.5.1", "554 5.5.1"});
  CHECK(others("smtp/reply/content/250") == Wires{"451 4.3.0", "552 5.3.4", "554 5.6.0"});
  CHECK(others("pop3/reply/PASS/-ERR") == Wires{"+OK"});
  CHECK(others("imap/reply/LOGIN/OK") == Wires{"NO", "BAD"});
  CHECK(others("dns/answer/MX/NOERROR") == Wires{"NODATA", "NXDOMAIN", "SERVFAIL"});
  CHECK(others("dns/answer/MX/NXDOMAIN").front() == "MX 10 mx.example");
  CHECK(others("smtp/reply/greeting/220").empty());
  CHECK(others("smtp/reply/451").empty());
}

TEST_CASE("Every command tells what could be answered, and every explanation its standard's section") {
  for (const std::string_view topic : explained_topics()) {
    INFO(topic);
    const Explanation& one = *explanation(topic);
    if (topic.starts_with("notice/")) continue;
    CHECK(one.standard.starts_with("RFC "));
    CHECK(one.standard.find("§") != std::string::npos);
    const bool asks = topic.find("/command/") != std::string_view::npos || topic.starts_with("dns/query/");
    CHECK((!asks || !one.could_answer.empty()));
  }
}

TEST_CASE("A malformed file of explanations is told by line") {
  const auto [yaml, fault] = GENERATE(table<const char*, const char*>({
      {"a/b:\n  title: {en: T}\n  meaning: {en: M}\n  why: {en: W}\n", "f:2: a/b wants meaning, why and standard"},
      {"notice/x:\n  title: {en: T}\n  colour: {en: M}\n", "f:3: 'colour' is no part of an explanation"},
      {"notice/x:\n  title: {ca: T}\n", "f:2: the English text is missing"},
      {"notice/x:\n  title: {en: T, fr: T}\n", "f:2: 'fr' is no language here"},
      {"notice/x:\n  title: {en: T}\nnotice/x:\n  title: {en: T}\n", "f:3: 'notice/x' comes twice"},
      {"notice/x:\n  title: {en: T}\n  answers:\n    - {wire: '250'}\n", "f:4: an answer has wire and meaning"},
      {"notice/x:\n  title: T\n", "f:2: a map is wanted"},
      {"- a\n", "f:1: a map is wanted"},
      {"a: [\n", "f:2: end of sequence flow not found"},
  }));
  CHECK(read_explanations("f", yaml).fault.value_or("none") == fault);
}

TEST_CASE("A well-formed explanation is read as it stands") {
  const auto reading = read_explanations("f", "notice/x:\n  title: {en: One {0}, ca: Un}\n");
  REQUIRE(reading.fault);  // a brace in a flow map wants quotes
  const auto quoted = read_explanations("f", "notice/x:\n  title: {en: 'One {0}', ca: Un}\n");
  REQUIRE_FALSE(quoted.fault);
  REQUIRE(quoted.explanations.size() == 1);
  CHECK(quoted.explanations[0].title.in(Language::Catalan) == "Un");
  CHECK(quoted.explanations[0].title.in(Language::Italian) == "One {0}");
}
