// What a server lets somebody do whom it does not know yet, on every protocol; and how much it holds for everybody.
#include <catch2/catch_all.hpp>
#include <string>

#include "protocols/imap/server/server.hpp"
#include "protocols/pop3/server.hpp"
#include "protocols/smtp/server.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"

using namespace mailscope;
using test::drain;
using test::Record;
using test::start;

namespace {

/// What a browser sends for a form or a fetch() of a page, with mail commands in its body.
const std::string page =
    "POST /x HTTP/1.1\r\nHost: localhost:20110\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\n"
    "Origin: null\r\nContent-Length: 99\r\n\r\nUSER bruno\r\nPASS ginger-4\r\nDELE 1\r\nQUIT\r\n";

smtp::Server& told(smtp::Server& server, const smtp::Server::Event& event) {
  if (std::holds_alternative<smtp::RecipientOffered>(event))
    server.decide({550, "5.1.1", {"No such user"}});
  else if (std::holds_alternative<smtp::SenderOffered>(event))
    server.decide({250, "2.1.0", {"Sender OK"}});
  return server;
}
void decide_smtp(smtp::Server& server, const smtp::Server::Event& event) { told(server, event); }

/// What the server says to `input`, whole and octet by octet alike.
template <class Make, class Decide>
auto said(Make make, const std::string& input, Decide decide) {
  using Server = std::remove_pointer_t<decltype(make().get())>;
  Record<Server> records[2];
  for (const std::size_t chunk : {0U, 1U}) {
    const auto server = make();
    drain<Server>(*server, start, records[chunk], decide);
    for (std::size_t at = 0; at < input.size() && !records[chunk].closed; at += chunk == 0 ? input.size() : chunk) {
      server->receive(start, std::string_view(input).substr(at, chunk == 0 ? input.size() : chunk));
      drain<Server>(*server, start, records[chunk], decide);
    }
  }
  CHECK(records[0].sent == records[1].sent);
  return records[0];
}

smtp::ServerConfig smtp_config() {
  smtp::ServerConfig config;
  config.hostname = "mx.llevant.example";
  return config;
}
auto new_smtp() { return std::make_unique<smtp::Server>(smtp_config()); }
auto new_pop3() { return std::make_unique<pop3::Server>(pop3::ServerConfig{"mx.llevant.example"}); }
auto new_imap() { return std::make_unique<imap::Server>(imap::ServerConfig{"mx.llevant.example"}); }

/// The server says good-bye to whoever does nothing for a minute.
template <class Server>
void check_patience(std::unique_ptr<Server> server, const std::string& half) {
  Record<Server> record;
  drain<Server>(*server, start, record);
  server->receive(start + std::chrono::seconds(59), half);  // no line yet
  drain<Server>(*server, start + std::chrono::seconds(59), record);
  REQUIRE(server->deadline() == start + std::chrono::seconds(60));
  server->deadline_passed(start + std::chrono::seconds(60));
  drain<Server>(*server, start + std::chrono::seconds(60), record);
  CHECK(record.closed);
}

}  // namespace

TEST_CASE("a web page cannot speak to a mail server") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "x");
  const auto user = test::one_user(account, "bruno", "ginger-4");
  const auto smtp = said(new_smtp, page, decide_smtp);
  CHECK(smtp.closed);
  CHECK(smtp.sent.ends_with("421 4.7.0 mx.llevant.example speaks SMTP, not HTTP\r\n"));
  const auto pop3 = said(new_pop3, page, user);
  CHECK(pop3.closed);
  CHECK(pop3.sent.ends_with("-ERR this is POP3, not HTTP\r\n"));
  const auto imap = said(new_imap, page, user);
  CHECK(imap.closed);
  CHECK(imap.sent.ends_with("* BYE [CLIENTBUG] this is IMAP, not HTTP\r\n"));
  CHECK(account.inbox().messages().size() == 1);
  // A method is a tag like any other.
  CHECK(said(new_imap, "GET NOOP\r\nDELETE CAPABILITY\r\n", user).sent.find("\r\nGET OK") != std::string::npos);
}

TEST_CASE("three lines that are no commands end a stranger's session") {
  mailstore::Account account("bruno");
  const auto user = test::one_user(account, "bruno", "ginger-4");
  const std::string lines = "x y\r\n\x16\x03\x01\r\nSomething\r\n";
  CHECK(said(new_smtp, lines, decide_smtp).closed);
  CHECK(said(new_pop3, lines, user).closed);
  CHECK(said(new_imap, lines, user).closed);
  const std::string two = "x y\r\nx y\r\n";
  CHECK_FALSE(said(new_smtp, two + "EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n" + lines, decide_smtp).closed);
  CHECK_FALSE(said(new_pop3, two + "USER bruno\r\nPASS ginger-4\r\n" + lines, user).closed);
  CHECK_FALSE(said(new_imap, two + "a LOGIN bruno ginger-4\r\n" + lines, user).closed);
}

TEST_CASE("a stranger is waited for a minute (RFC 9051 §5.4)") {
  check_patience(new_smtp(), "EHL");
  check_patience(new_pop3(), "USE");
  check_patience(new_imap(), "a NOO");
}

TEST_CASE("SMTP: who tries twenty names that nobody has is shown the door (RFC 5321 §7.3)") {
  std::string input = "EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n";
  for (int name = 1; name < smtp::refused_recipients_max; ++name)
    input += "RCPT TO:<n" + std::to_string(name) + "@llevant.example>\r\n";
  CHECK_FALSE(said(new_smtp, input, decide_smtp).closed);
  const auto all = said(new_smtp, input + "RCPT TO:<last@llevant.example>\r\n", decide_smtp);
  CHECK(all.closed);
  CHECK(all.sent.find("\r\n421 4.7.0 ") != std::string::npos);
}

TEST_CASE("SMTP: what all sessions hold of unfinished messages is bounded, and given back") {
  MemoryBudget memory(100'000);
  const auto take_all = [](smtp::Server& server, const smtp::Server::Event& event) {
    static_cast<void>(event);
    server.decide({250, "", {"OK"}});
  };
  smtp::ServerConfig config = smtp_config();
  config.memory = &memory;
  const std::string envelope = "EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@llevant.example>\r\n";
  std::string text;
  while (text.size() < 60'000) text += std::string(70, 'x') + "\r\n";
  smtp::Server one(config), other(config), third(config);
  Record<smtp::Server> first, second, chunks;
  const auto say = [&](smtp::Server& server, Record<smtp::Server>& record, const std::string& octets) {
    server.receive(start, octets);
    drain<smtp::Server>(server, start, record, take_all);
  };
  say(one, first, envelope + "DATA\r\n");
  say(one, first, text);
  say(other, second, envelope + "DATA\r\n");
  say(other, second, text);
  CHECK(memory.left() > 35'000);  // the second is not kept
  say(third, chunks, envelope + "BDAT 50000\r\n" + text.substr(0, 50'000));
  CHECK(chunks.sent.ends_with("452 4.3.1 Too much mail is under way here at the moment\r\n"));
  say(other, second, ".\r\n");
  CHECK(second.sent.ends_with("452 4.3.1 Too much mail is under way here at the moment\r\n"));
  say(third, chunks, "RSET\r\nMAIL FROM:<a@b.example> SIZE=50000\r\n");
  CHECK(chunks.sent.ends_with("452 4.3.1 Too much mail is under way here at the moment\r\n"));
  say(one, first, ".\r\n");
  CHECK(first.sent.ends_with("250 OK\r\n"));
  CHECK(memory.left() == 100'000);
  say(other, second, "MAIL FROM:<a@b.example>\r\nRCPT TO:<b@llevant.example>\r\nDATA\r\n" + text + ".\r\n");
  CHECK(second.sent.ends_with("250 OK\r\n"));
}

TEST_CASE("IMAP: what all sessions hold of literals and answers is bounded (RFC 5530 §3, LIMIT)") {
  MemoryBudget memory(200'000);
  mailstore::Account account("bruno");
  const auto user = test::one_user(account, "bruno", "ginger-4");
  imap::ServerConfig config{"mx.llevant.example"};
  config.memory = &memory;
  imap::Server one(config), other(config);
  Record<imap::Server> first, second;
  const auto say = [&](imap::Server& server, Record<imap::Server>& record, const std::string& octets) {
    const std::size_t before = record.sent.size();
    server.receive(start, octets);
    drain<imap::Server>(server, start, record, user);
    return record.sent.substr(before);
  };
  const std::string text = "Subject: x\r\n\r\n" + std::string(79'986, 'x');
  say(one, first, "a LOGIN bruno ginger-4\r\nb APPEND INBOX {80000}\r\n");
  CHECK(first.sent.ends_with("+ Ready for the literal\r\n"));
  CHECK(say(other, second, "a LOGIN bruno ginger-4\r\nb APPEND INBOX {80000}\r\n").find("\r\nb NO [LIMIT] ") !=
        std::string::npos);
  CHECK(say(one, first, text + "\r\n").starts_with("b OK [APPENDUID"));
  CHECK(memory.left() == 200'000);
  CHECK(say(other, second, "c APPEND INBOX {80000}\r\n").starts_with("+ "));
  CHECK(say(other, second, text + "\r\n").starts_with("c OK"));
  // The message's own octets are not copied for an answer; what has to be made is counted.
  CHECK(say(one, first, "d SELECT INBOX\r\ne FETCH 1 (BODY.PEEK[] BODY.PEEK[] BODY.PEEK[])\r\n").find("\r\ne OK") !=
        std::string::npos);
  CHECK(say(one, first, "f FETCH 1 (BINARY.PEEK[1] BINARY.PEEK[1] BINARY.PEEK[1])\r\n").find("f NO [LIMIT]") !=
        std::string::npos);
  CHECK(memory.left() == 200'000);
}

TEST_CASE("IMAP: a large message goes out in pieces, and is one line of the conversation") {
  mailstore::Account account("bruno");
  const auto user = test::one_user(account, "bruno", "ginger-4");
  const std::string text = "Subject: x\r\n\r\n" + std::string(300'000, 'y');
  account.inbox().append(start, text);
  imap::Server server({"mx.llevant.example"});
  Record<imap::Server> record;
  server.receive(start, "a LOGIN bruno ginger-4\r\nb SELECT INBOX\r\n");
  drain<imap::Server>(server, start, record, user);
  server.receive(start, "c FETCH 1 (UID BODY[] RFC822.SIZE)\r\n");
  std::string sent;
  std::size_t longest = 0, lines = 0;
  while (auto output = server.poll(start)) {
    if (const auto* transmit = std::get_if<Transmit>(&*output)) {
      sent += transmit->bytes;
      longest = std::max(longest, transmit->bytes.size());
    } else if (const auto* step = std::get_if<Step>(&*output); step && step->direction == Direction::Sent) {
      ++lines;
      if (step->text.find("FETCH") != std::string::npos && lines == 1) CHECK(step->bytes.size() > 300'000);
    }
  }
  CHECK(longest <= 64 << 10);
  CHECK(lines == 2);
  CHECK(sent == "* 1 FETCH (UID 1 BODY[] {300014}\r\n" + text +
                    " RFC822.SIZE 300014 FLAGS (\\Recent \\Seen))\r\nc OK FETCH completed\r\n");
}
