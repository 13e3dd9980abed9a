#include "protocols/pop3/server.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/pop3/reply.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"

using namespace mailscope;
using namespace mailscope::pop3;
using test::Record;
using test::start;

static_assert(Engine<Server>);

namespace {

const std::string first = "Subject: one\r\n\r\nline 1\r\n.line 2\r\nline 3\r\n";
const std::string second = "Subject: two\r\n\r\n";

void fill(mailstore::Account& account) {
  account.inbox().append(start, first);
  account.inbox().append(start, second);
}

auto host(mailstore::Account& account) { return test::one_user(account, "bruno", "ginger 4"); }

/// Runs `input` whole and byte by byte on a fresh account with two messages; both must come out the same.
Record<Server> run(std::string_view input, const std::function<void(mailstore::Account&)>& after = {},
                   ServerConfig config = {"mx.llevant.example"}) {
  Record<Server> records[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    fill(account);
    Server server(config);
    test::feed<Server>(server, input, chunk, start, records[chunk], host(account));
    if (after) after(account);
  }
  CHECK(records[0].sent == records[1].sent);
  CHECK(test::told(records[0].steps) == test::told(records[1].steps));
  CHECK(records[0].closed == records[1].closed);
  return records[0];
}

constexpr std::string_view login = "USER bruno\r\nPASS ginger 4\r\n";
constexpr std::string_view logged_in =
    "+OK mx.llevant.example POP3 server ready\r\n+OK send PASS\r\n"
    "+OK maildrop locked and ready, 2 messages (57 octets)\r\n";

/// What the server answers to `commands` after the login.
std::string after_login(const std::string& commands) {
  const std::string sent = run(std::string(login) + commands).sent;
  REQUIRE(sent.starts_with(logged_in));
  return sent.substr(logged_in.size());
}

}  // namespace

TEST_CASE("POP3: STAT and LIST tell numbers and exact sizes (RFC 1939 §5)") {
  CHECK(after_login("STAT\r\n") == "+OK 2 57\r\n");
  CHECK(after_login("list\r\n") == "+OK 2 messages (57 octets)\r\n1 41\r\n2 16\r\n.\r\n");
  CHECK(after_login("LIST 2\r\n") == "+OK 2 16\r\n");
  CHECK(after_login("LIST 3\r\n") == "-ERR no such message, the maildrop has 2\r\n");
  CHECK(after_login("LIST 0\r\n") == "-ERR no such message, the maildrop has 2\r\n");
  CHECK(after_login("LIST -1\r\n") == "-ERR no such message, the maildrop has 2\r\n");
}

TEST_CASE("POP3: RETR sends the whole message, its leading dots doubled (RFC 1939 §3, §5)") {
  CHECK(after_login("RETR 1\r\n") == "+OK 41 octets\r\nSubject: one\r\n\r\nline 1\r\n..line 2\r\nline 3\r\n.\r\n");
  CHECK(after_login("RETR 2\r\n") == "+OK 16 octets\r\nSubject: two\r\n\r\n.\r\n");
  CHECK(after_login("RETR\r\n") == "-ERR wrong number of arguments\r\n");
  CHECK(after_login("RETR 1 2\r\n") == "-ERR wrong number of arguments\r\n");
}

TEST_CASE("POP3: TOP sends the header, the empty line and so many lines of the body (RFC 1939 §7)") {
  CHECK(after_login("TOP 1 0\r\n") == "+OK top of message follows\r\nSubject: one\r\n\r\n.\r\n");
  CHECK(after_login("TOP 1 2\r\n") == "+OK top of message follows\r\nSubject: one\r\n\r\nline 1\r\n..line 2\r\n.\r\n");
  CHECK(after_login("TOP 1 99\r\n").ends_with("line 3\r\n.\r\n"));
  CHECK(after_login("TOP 1\r\n") == "-ERR wrong number of arguments\r\n");
  CHECK(after_login("TOP 1 -2\r\n") == "-ERR TOP wants a message number and a number of lines\r\n");
}

TEST_CASE("POP3: UIDL gives names that persist across sessions and differ by message (RFC 1939 §7)") {
  CHECK(after_login("UIDL\r\n") == "+OK 2 messages (57 octets)\r\n1 1.1\r\n2 1.2\r\n.\r\n");
  CHECK(after_login("UIDL 2\r\n") == "+OK 2 1.2\r\n");
  CHECK(after_login("DELE 1\r\nUIDL\r\n") == "+OK message 1 deleted\r\n+OK 1 message (16 octets)\r\n2 1.2\r\n.\r\n");
}

TEST_CASE("POP3: DELE marks, later references fail, RSET unmarks (RFC 1939 §5)") {
  CHECK(after_login("DELE 1\r\nDELE 1\r\nRETR 1\r\nSTAT\r\nLIST\r\nRSET\r\nSTAT\r\n") ==
        "+OK message 1 deleted\r\n-ERR message 1 is deleted\r\n-ERR message 1 is deleted\r\n+OK 1 16\r\n"
        "+OK 1 message (16 octets)\r\n2 16\r\n.\r\n+OK maildrop has 2 messages (57 octets)\r\n+OK 2 57\r\n");
}

TEST_CASE("POP3: QUIT removes what is marked, and nothing else does (RFC 1939 §6)") {
  const auto left = [](std::size_t messages) {
    return [messages](mailstore::Account& account) { CHECK(account.inbox().messages().size() == messages); };
  };
  const auto quit = run(std::string(login) + "DELE 1\r\nQUIT\r\nNOOP\r\n", left(1));
  CHECK(quit.closed);
  CHECK(quit.sent.ends_with("+OK mx.llevant.example POP3 server signing off, 1 left\r\n"));
  CHECK_FALSE(run(std::string(login) + "DELE 1\r\n", left(2)).closed);

  mailstore::Account account("bruno");
  fill(account);
  Server lost({"mx.llevant.example"});
  Record<Server> record;
  test::feed<Server>(lost, std::string(login) + "DELE 1\r\nQUI", 0, start, record, host(account));
  lost.receive_eof(start);
  test::drain<Server>(lost, start, record);
  CHECK(record.closed);
  CHECK(account.inbox().messages().size() == 2);
  CHECK(account.lock_maildrop());  // given back
}

TEST_CASE("POP3: ten idle minutes close the connection without UPDATE (RFC 1939 §3)") {
  mailstore::Account account("bruno");
  fill(account);
  Server server({"mx.llevant.example"});
  Record<Server> record;
  CHECK_FALSE(server.deadline());
  test::feed<Server>(server, std::string(login) + "DELE 1\r\n", 0, start, record, host(account));
  const Instant later = start + std::chrono::minutes(9);
  test::feed<Server>(server, "NOOP\r\n", 0, later, record, host(account));
  REQUIRE(server.deadline() == later + std::chrono::minutes(10));
  test::feed<Server>(server, "half a comm", 0, later + std::chrono::minutes(9), record, host(account));
  REQUIRE(server.deadline() == later + std::chrono::minutes(10));  // only a command counts
  server.deadline_passed(later + std::chrono::minutes(9));
  test::drain<Server>(server, later, record);
  CHECK_FALSE(record.closed);
  server.deadline_passed(*server.deadline());
  test::drain<Server>(server, later + std::chrono::minutes(10), record);
  CHECK(record.closed);
  CHECK_FALSE(server.deadline());
  CHECK(account.inbox().messages().size() == 2);
  CHECK(account.lock_maildrop());
}

TEST_CASE("POP3: a second session is told [IN-USE], and may try again when the first is over (RFC 2449 §8.1.2)") {
  mailstore::Account account("bruno");
  fill(account);
  auto holder = std::make_unique<Server>(ServerConfig{"mx.llevant.example"});
  Server other({"mx.llevant.example"});
  Record<Server> one, two;
  test::feed<Server>(*holder, login, 0, start, one, host(account));
  test::feed<Server>(other, login, 0, start, two, host(account));
  CHECK(two.sent.ends_with("-ERR [IN-USE] another session holds the maildrop\r\n"));
  CHECK(other.machine().states[other.state().value] == "authorization");
  holder.reset();
  test::feed<Server>(other, login, 0, start, two, host(account));
  CHECK(two.sent.ends_with("+OK maildrop locked and ready, 2 messages (57 octets)\r\n"));
}

TEST_CASE("POP3: what arrives or vanishes during a session does not move its numbers (RFC 1939 §4)") {
  mailstore::Account account("bruno");
  fill(account);
  Server server({"mx.llevant.example"});
  Record<Server> record;
  test::feed<Server>(server, login, 0, start, record, host(account));
  account.inbox().append(start, "Subject: three\r\n\r\n");
  account.inbox().remove({1});
  record.sent.clear();
  Record<Server> rest;
  while (server.poll(start)) FAIL("nothing was asked");
  server.receive(start, "STAT\r\nRETR 1\r\nLIST 3\r\nDELE 1\r\nQUIT\r\n");
  std::string sent;
  while (auto output = server.poll(start))
    if (auto* transmit = std::get_if<Transmit>(&*output)) sent += transmit->bytes;
  CHECK(sent.starts_with("+OK 2 57\r\n+OK 41 octets\r\nSubject: one\r\n"));
  CHECK(sent.find("-ERR no such message, the maildrop has 2\r\n") != std::string::npos);
  CHECK(sent.ends_with("signing off, 1 left\r\n"));
  CHECK(account.inbox().messages().size() == 2);
}

TEST_CASE("POP3: a wrong password is answered with [AUTH], and USER starts anew (RFC 1939 §7, RFC 3206 §4)") {
  const auto record = run("USER bruno\r\nPASS wrong\r\nPASS ginger 4\r\nUSER bruno\r\nPASS ginger 4\r\n");
  CHECK(record.sent ==
        "+OK mx.llevant.example POP3 server ready\r\n+OK send PASS\r\n-ERR [AUTH] invalid user name or password\r\n"
        "-ERR not in this state\r\n+OK send PASS\r\n+OK maildrop locked and ready, 2 messages (57 octets)\r\n");
  CHECK(record.events.size() == 3);
}

TEST_CASE("POP3: commands out of their state, unknown or malformed are refused and change nothing (RFC 1939 §3)") {
  const std::string greeting = "+OK mx.llevant.example POP3 server ready\r\n";
  const auto answer = [&greeting](std::string_view input) { return run(input).sent.substr(greeting.size()); };
  for (const std::string_view command :
       {"STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 1", "UIDL", "PASS x"})
    CHECK(answer(std::string(command) + "\r\n") == "-ERR not in this state\r\n");
  CHECK(after_login("USER bruno\r\nPASS x\r\n") == "-ERR not in this state\r\n-ERR not in this state\r\n");
  CHECK(answer("USER a\r\nSTAT\r\n") == "+OK send PASS\r\n-ERR not in this state\r\n");
  CHECK(answer("XTND XMIT\r\n") == "-ERR unknown command\r\n");
  CHECK(answer("APOP a 0123\r\n") == "-ERR APOP is not offered\r\n");
  CHECK(answer("\r\n") == "-ERR unknown command\r\n");
  CHECK(answer(" QUIT\r\n") == "-ERR unknown command\r\n");
  CHECK(answer("USER\r\n") == "-ERR wrong number of arguments\r\n");
  CHECK(answer("USER a b\r\n") == "-ERR wrong number of arguments\r\n");
  CHECK(answer("QUIT now\r\n") == "-ERR wrong number of arguments\r\n");
  CHECK(answer("USER br\xc3\xbcno\r\n") == "-ERR only printable ASCII characters belong in a command\r\n");
}

TEST_CASE("POP3: only CR LF ends a command (RFC 1939 §3)") {
  const auto record = run("USER a\nQUIT\n\r\nUSER a\rQUIT\r\n");
  CHECK_FALSE(record.closed);
  CHECK(record.steps.size() == 5);
  CHECK(record.sent.ends_with("-ERR only printable ASCII characters belong in a command\r\n"));
}

TEST_CASE("POP3: a command has at most 255 octets, CR LF included (RFC 2449 §4)") {
  for (const std::size_t size :
       {command_octets_max - 1, command_octets_max, command_octets_max + 1, std::size_t{5000}}) {
    const auto record = run("USER " + std::string(size - 7, 'x') + "\r\nQUIT\r\n");
    INFO(size);
    CHECK((record.sent.find("-ERR command line too long\r\n") != std::string::npos) == (size > command_octets_max));
    CHECK(record.closed);
  }
}

TEST_CASE("POP3: CAPA announces what holds, in both states alike (RFC 2449 §5, §6)") {
  const std::string capabilities =
      "+OK capability list "
      "follows\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8\r\nLANG\r\nUSER\r\nSASL PLAIN "
      "LOGIN\r\n"
      "EXPIRE NEVER\r\nIMPLEMENTATION Mailscope\r\n.\r\n";
  CHECK(run("CAPA\r\n").sent.ends_with(capabilities));
  CHECK(after_login("CAPA\r\n") == capabilities);
  const auto guarded = run("CAPA\r\nUSER bruno\r\n", {}, {"mx.llevant.example", false});
  CHECK(guarded.sent.find("USER") == std::string::npos);
  CHECK(guarded.sent.ends_with("-ERR plaintext login is not allowed without TLS\r\n"));
}

TEST_CASE("POP3: PASS comes immediately after USER (RFC 1939 §7)") {
  CHECK(run("USER bruno\r\nCAPA\r\nPASS ginger 4\r\n").sent.ends_with("-ERR not in this state\r\n"));
}

TEST_CASE("POP3: pipelined commands are answered in order, the rest waits for the host's decision (RFC 2449 §6.6)") {
  mailstore::Account account("bruno");
  fill(account);
  Server server({"mx.llevant.example"});
  Record<Server> record;
  test::feed<Server>(server, std::string(login) + "STAT\r\nQUIT\r\n", 0, start, record);
  CHECK(record.sent.ends_with("+OK send PASS\r\n"));
  server.tell_secret(sasl::Password{"ginger 4"}, &account);
  test::drain<Server>(server, start, record);
  CHECK(record.closed);
  CHECK(record.sent.starts_with(std::string(logged_in) + "+OK 2 57\r\n+OK mx"));
}

TEST_CASE("POP3: content without a last CR LF is sent with one, and counted so (RFC 1939 §11)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "Subject: x\r\n\r\nno end");
  account.inbox().append(start, "");
  Server server({"mx.llevant.example"});
  Record<Server> record;
  test::feed<Server>(server, std::string(login) + "RETR 1\r\nRETR 2\r\n", 0, start, record, host(account));
  CHECK(record.sent.ends_with("+OK 22 octets\r\nSubject: x\r\n\r\nno end\r\n.\r\n+OK 0 octets\r\n.\r\n"));
}

TEST_CASE("POP3: Steps carry text, topic, state and error as the transcript shows them") {
  const auto record = run(std::string(login) + "RETR 2\r\nXYZZY\r\nDELE 9\r\n");
  const auto lines = test::told(record.steps);
  REQUIRE(lines.size() == 11);
  CHECK(lines[0] == "> 0-42 0->0 [pop3/reply/greeting/+OK] +OK mx.llevant.example POP3 server ready");
  CHECK(lines[1] == "< 0-12 0->0 [pop3/command/USER] USER bruno");
  CHECK(lines[2] == "> 42-57 0->1 [pop3/reply/USER/+OK] +OK send PASS");
  CHECK(lines[3] == "< 12-27 1->1 [pop3/command/PASS] PASS ginger 4");
  CHECK(lines[6].ends_with("2->2 [pop3/reply/RETR/+OK] +OK 16 octets\nSubject: two\n\n."));
  CHECK(lines[7].ends_with("[pop3/command/unknown] XYZZY"));
  CHECK(lines[8].ends_with("[pop3/reply/unknown/-ERR !] -ERR unknown command"));
  CHECK(lines[10].ends_with("[pop3/reply/DELE/-ERR !] -ERR no such message, the maildrop has 2"));
}

TEST_CASE("POP3: no input makes the server do harm, and any split of it gives the same answers") {
  const auto seed = GENERATE(take(60, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  static const std::vector<std::string> words{
      "USER bruno", "PASS ginger 4", "STAT",        "LIST", "LIST 1", "RETR 1",
      "RETR 2",     "DELE 1",        "NOOP",        "RSET", "UIDL",   "CAPA",
      "TOP 1 1",    "QUIT",          "TOP 99 -1 x", "",     " ",      "LIST 99999999999999999999"};
  std::string input = random() % 4 != 0 ? std::string(login) : "";
  for (int line = 0; line < 30; ++line) input += words[random() % words.size()] + "\r\n";
  for (auto mutations = random() % 6; mutations > 0; --mutations)
    input[random() % input.size()] = static_cast<char>(random() % 256);

  Record<Server> records[2];
  for (int split = 0; split < 2; ++split) {
    mailstore::Account account("bruno");
    fill(account);
    Server server({"mx.llevant.example"});
    test::feed<Server>(server, input, split == 0 ? 0 : 1 + random() % 9, start, records[split], host(account));
    server.receive_eof(start);
    test::drain<Server>(server, start, records[split]);
    CHECK(records[split].closed);
    CHECK(account.lock_maildrop());
  }
  CHECK(test::told(records[0].steps) == test::told(records[1].steps));
  CHECK(records[0].sent == records[1].sent);
}

TEST_CASE("POP3: LANG lists languages and speaks the one that fits best (RFC 6856 §3)") {
  CHECK(after_login("LANG\r\n") ==
        "+OK language listing follows\r\nen English\r\nca Català\r\nes Español\r\nit Italiano\r\n.\r\n");
  CHECK(after_login("LANG es-MX\r\nSTAT\r\nRSET\r\nLANG xx\r\nLANG *\r\nNOOP\r\n") ==
        "+OK es idioma elegido\r\n+OK 2 57\r\n+OK en el buzón hay 2 mensajes (57 octetos)\r\n"
        "-ERR no existe ese idioma\r\n+OK en language chosen\r\n+OK nothing done\r\n");
  CHECK(after_login("LANG CA\r\nDELE 1\r\nRETR 1\r\nQUIT\r\n") ==
        "+OK ca idioma triat\r\n+OK missatge 1 esborrat\r\n-ERR el missatge 1 està esborrat\r\n"
        "+OK mx.llevant.example el servidor POP3 s'acomiada, en queden 1\r\n");
  CHECK(run("LANG it\r\nUSER bruno\r\nPASS wrong\r\n")
            .sent.ends_with("+OK it lingua scelta\r\n+OK invia PASS\r\n-ERR [AUTH] utente o password errati\r\n"));
}

namespace {

/// What the server sends for `commands`, with these messages in the maildrop; whole and octet by octet.
std::string answers(const std::vector<std::string>& contents, const std::string& before, const std::string& after) {
  const auto talk = [&](std::size_t chunk) {
    mailstore::Account account("bruno");
    for (const std::string& content : contents) account.inbox().append(start, content);
    Server server({"mx.llevant.example"});
    Record<Server> record;
    test::feed<Server>(server, before + std::string(login) + after, chunk, start, record, host(account));
    constexpr std::string_view ready = " octets)\r\n";
    return record.sent.substr(record.sent.find(ready) + ready.size());
  };
  const std::string whole = talk(0);
  CHECK(talk(1) == whole);
  return whole;
}

}  // namespace

TEST_CASE("POP3: a message with UTF-8 in a header is sent as it is after UTF8, else as a surrogate (RFC 6856 §2.1)") {
  const std::string content = "Subject: Núria\r\n\r\nx\r\n", eight_bit_body = "Subject: n\r\n\r\nNúria\r\n";
  const std::vector<std::string> maildrop{content, eight_bit_body};
  const std::string surrogate = "Subject: =?UTF-8?B?TsO6cmlh?=\r\n\r\n";
  CHECK(answers(maildrop, "", "LIST 1\r\nRETR 1\r\nTOP 1 0\r\n") ==
        "+OK 1 36\r\n+OK 36 octets\r\n" + surrogate + "x\r\n.\r\n+OK top of message follows\r\n" + surrogate + ".\r\n");
  CHECK(answers(maildrop, "", "RETR 2\r\n").ends_with("octets\r\n" + eight_bit_body + ".\r\n"));
  CHECK(answers(maildrop, "UTF8\r\n", "RETR 1\r\n").ends_with("octets\r\n" + content + ".\r\n"));
  CHECK(answers(maildrop, "", "UTF8\r\n").ends_with("-ERR not in this state\r\n"));
}

TEST_CASE("POP3: where UTF8 is not offered, nobody can say it (RFC 6856 §2.1)") {
  ServerConfig config{"mx.llevant.example"};
  config.utf8 = false;
  const std::string sent = run("CAPA\r\nUTF8\r\n", {}, config).sent;
  CHECK(sent.find("\r\nUTF8\r\n") == std::string::npos);
  CHECK(sent.ends_with("-ERR UTF8 is not offered\r\n"));
}

TEST_CASE("POP3: nothing in a message reads as the end of it or as the server's next answer (RFC 1939 §3)") {
  // A program that takes LF for a line end would read the second answer of the sender's choice.
  const std::string forged = "Subject: first\r\n\r\nhello\n.\n+OK\r\nSubject: FORGED\r\n";
  CHECK(answers({forged}, "", "LIST 1\r\nRETR 1\r\n") ==
        "+OK 1 50\r\n+OK 50 octets\r\nSubject: first\r\n\r\nhello\r\n..\r\n+OK\r\nSubject: FORGED\r\n.\r\n");
  CHECK(answers({"Subject: lf\n\n.\r.\r\r\n"}, "", "RETR 1\r\n") ==
        "+OK 23 octets\r\nSubject: lf\r\n\r\n..\r\n..\r\n\r\n.\r\n");
  CHECK(answers({"Subject: lf\n\none\ntwo\n"}, "", "TOP 1 1\r\n") ==
        "+OK top of message follows\r\nSubject: lf\r\n\r\none\r\n.\r\n");
}

TEST_CASE("POP3: binary parts go in base64, and NUL nowhere (RFC 6856 §2.1, RFC 3030 §4)") {
  const std::string nul(1, '\0');
  const std::string binary =
      "Content-Type: application/x; name=b\r\nContent-Transfer-Encoding: binary\r\n\r\nA" + nul + "B\nC\r\n.\r\n";
  const std::string wire =
      "Content-Type: application/x; name=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQQBCCkMNCi4NCg==\r\n";
  CHECK(answers({binary}, "", "RETR 1\r\n") == "+OK " + std::to_string(wire.size()) + " octets\r\n" + wire + ".\r\n");
  // Where nothing can be encoded, NUL goes (RFC 7103 §7.6).
  CHECK(answers({"Subject: a" + nul + "b\r" + nul + "\n\r\nx\r\n"}, "", "RETR 1\r\n") ==
        "+OK 18 octets\r\nSubject: ab\r\n\r\nx\r\n.\r\n");
  // A part of several, in its place; what holds it no longer claims to be binary.
  const std::string parts =
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\n\r\n";
  CHECK(answers({parts + nul + "\r\n--b\r\n\r\ntext\r\n--b--\r\n"}, "", "RETR 1\r\n")
            .ends_with(
                "octets\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=00\r\n--b\r\n\r\ntext\r\n--b--\r\n.\r\n"));
}

TEST_CASE("POP3: logins that follow too soon are told to wait (RFC 2449 §6.5, §8.1.1)") {
  mailstore::Account account("bruno");
  ServerConfig config{"mx.llevant.example"};
  config.login_delay = std::chrono::seconds(90);
  const auto visit = [&](Duration after) {
    Server server(config);
    Record<Server> record;
    test::feed<Server>(server, std::string(login) + "CAPA\r\nQUIT\r\n", 0, start + after, record, host(account));
    return record.sent;
  };
  CHECK(visit({}).find("\r\nLOGIN-DELAY 90\r\n") != std::string::npos);
  CHECK(visit(std::chrono::seconds(89)).find("-ERR [LOGIN-DELAY] wait 90 seconds between logins\r\n") !=
        std::string::npos);
  CHECK(visit(std::chrono::seconds(90)).find("+OK maildrop locked") != std::string::npos);  // a refusal does not count
}

TEST_CASE("POP3: EXPIRE 0 lets nothing stay that was retrieved, EXPIRE 2 nothing that is older (RFC 2449 §6.7)") {
  const auto left = [](std::uint32_t days, Duration after, const std::string& commands) {
    mailstore::Account account("bruno");
    fill(account);
    ServerConfig config{"mx.llevant.example"};
    config.expire_days = days;
    Server server(config);
    Record<Server> record;
    test::feed<Server>(server, std::string(login) + "CAPA\r\n" + commands, 0, start + after, record, host(account));
    CHECK(record.sent.find("\r\nEXPIRE " + std::to_string(days) + "\r\n") != std::string::npos);
    return account.inbox().messages().size();
  };
  CHECK(left(0, {}, "RETR 1\r\nTOP 2 0\r\nQUIT\r\n") == 1);
  CHECK(left(0, {}, "RETR 1\r\n") == 2);  // no QUIT, no UPDATE
  CHECK(left(2, std::chrono::hours(47), "RETR 1\r\nQUIT\r\n") == 2);
  CHECK(left(2, std::chrono::hours(48), "QUIT\r\n") == 0);
}

TEST_CASE("POP3: every reply of the server has its text in every language (RFC 6856 §3.2)") {
  const std::string script = std::string(login) +
                             "CAPA\r\nSTAT\r\nLIST\r\nLIST 9\r\nRETR 1\r\nTOP 1 0\r\nTOP 1 x\r\nDELE 1\r\nDELE 1\r\n"
                             "LIST\r\nRSET\r\nNOOP\r\nLANG xx\r\nLANG\r\nUIDL 1 2\r\nXYZZY\r\nUSER x\r\nNOOP \x01\r\n" +
                             std::string(300, 'x') + "\r\nQUIT\r\n";
  const auto statuses = [](const Record<Server>& record) {
    std::vector<std::string> lines;
    for (const Step& step : record.steps)
      if (step.direction == Direction::Sent) lines.push_back(step.text.substr(0, step.text.find('\n')));
    return lines;
  };
  const auto english = statuses(run(script));
  for (const std::string language : {"ca", "es", "it"}) {
    const auto lines = statuses(run("LANG " + language + "\r\n" + script));
    REQUIRE(lines.size() == english.size() + 1);
    for (std::size_t at = 1; at < english.size(); ++at) {
      CAPTURE(english[at]);
      const bool has_words = english[at] != "+OK 2 57" && (english[at] != "+OK 41 octets" || language != "ca");
      CHECK((lines[at + 1] != english[at]) == has_words);
    }
  }
}
