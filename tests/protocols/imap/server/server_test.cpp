#include "protocols/imap/server/server.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::after_select;
using test::answers;
using test::Session;
using test::start;

TEST_CASE(
    "IMAP: the greeting names the capabilities, LOGINDISABLED among them where LOGIN is (RFC 3501 §7.1, §7.2.1)") {
  const std::string ways = "SASL-IR AUTH=PLAIN AUTH=LOGIN ", none = "SASL-IR LOGINDISABLED ";
  CHECK(answers("") == "* OK [" + test::capabilities(ways) + "] mx.llevant.example IMAP server ready\r\n");
  CHECK(answers("a CAPABILITY\r\n")
            .ends_with("ready\r\n* " + test::capabilities(ways) + "\r\na OK CAPABILITY completed\r\n"));
  mailstore::Account account("bruno");
  Session guarded(account, {"mx.llevant.example", false});
  CHECK(guarded.say("") == "* OK [" + test::capabilities(none) + "] mx.llevant.example IMAP server ready\r\n");
  CHECK(guarded.say("a login bruno ginger-4\r\n") == "a NO [PRIVACYREQUIRED] LOGIN is disabled without TLS\r\n");
  CHECK(guarded.say("b capability\r\n") == "* " + test::capabilities(none) + "\r\nb OK CAPABILITY completed\r\n");
}

TEST_CASE("IMAP: LOGIN takes atoms, quoted strings and literals, and tells what was wrong (RFC 3501 §4.3, §6.2.3)") {
  CHECK(answers("a LOGIN bruno ginger-4\r\n").ends_with("\r\n" + test::logged_in("a")));
  CHECK(answers("a LOGIN \"bruno\" \"ginger-4\"\r\n").ends_with("\r\n" + test::logged_in("a")));
  CHECK(answers("a LOGIN {5}\r\nbruno {8}\r\nginger-4\r\n")
            .ends_with("ready\r\n+ Ready for the literal\r\n+ Ready for the literal\r\n" + test::logged_in("a")));
  CHECK(answers("a LOGIN bruno wrong\r\n")
            .ends_with("\r\na NO [AUTHENTICATIONFAILED] invalid user name or password\r\n"));
  for (const std::string_view arguments : {"", " bruno", " bruno ", " bruno  ginger-4", " bruno ginger-4 ", " bruno (",
                                           " \"bruno ginger-4", " br{uno ginger-4", " bruno \"gin\\ger-4\""})
    CHECK(answers("a LOGIN" + std::string(arguments) + "\r\n").ends_with("\r\na BAD invalid arguments\r\n"));
  CHECK(answers("a AUTHENTICATE GSSAPI\r\n").ends_with("\r\na NO unsupported authentication mechanism\r\n"));
}

TEST_CASE("IMAP: commands out of their state, unknown or without a tag are answered BAD (RFC 3501 §3, §7.1.3)") {
  for (const std::string_view command :
       {"SELECT INBOX", "LIST \"\" *", "STATUS INBOX (MESSAGES)", "FETCH 1 FLAGS", "UID FETCH 1 FLAGS", "UID EXPUNGE 1",
        "IDLE", "NAMESPACE", "CLOSE", "EXPUNGE", "SEARCH ALL", "APPEND x {1}\r\nx"})
    CHECK(answers("a " + std::string(command) + "\r\n").ends_with("a BAD not in this state\r\n"));
  CHECK(after_select("a LOGIN bruno ginger-4\r\n") == "a BAD not in this state\r\n");
  for (const std::string_view command : {"XYZZY", "UID", "UID IDLE", "UID LOGOUT", ""})
    CHECK(answers("a " + std::string(command) + "\r\n").ends_with("a BAD unknown command\r\n"));
  for (const std::string_view line : {"", "a", " NOOP", "+ NOOP", "(x NOOP", "* NOOP"})
    CHECK(answers(std::string(line) + "\r\n").ends_with("\r\n* BAD a command begins with a tag and a space\r\n"));
  CHECK(answers("a NOOP x\r\n").ends_with("a BAD invalid arguments\r\n"));
  CHECK(answers("a NOOP\nb LOGOUT\n\r\n").ends_with("a BAD invalid arguments\r\n"));  // only CR LF ends a line
}

TEST_CASE("IMAP: LOGOUT says BYE, answers and closes; what follows is not read (RFC 3501 §6.1.3)") {
  mailstore::Account account("bruno");
  Session session(account);
  CHECK(session.say("a LOGOUT\r\nb NOOP\r\n")
            .ends_with("* BYE mx.llevant.example logging out\r\na OK LOGOUT completed\r\n"));
  CHECK(session.record.closed);
  CHECK_FALSE(session.server.deadline());
}

TEST_CASE("IMAP: a peer that speaks another language is told BYE (RFC 3501 §7.1.5)") {
  std::string noise;
  for (int line = 0; line < Server::bad_commands_max; ++line) noise += "ciao come va?\r\n";
  mailstore::Account account("bruno");
  Session session(account);
  const std::string login = "a LOGIN bruno ginger-4\r\n";
  const std::string said = session.say(login + noise);
  CHECK(session.record.closed);
  CHECK(said.ends_with("ciao BAD unknown command\r\n* BYE [CLIENTBUG] too many invalid commands\r\n"));
  Session patient(account);
  patient.say(login + noise.substr(15));
  CHECK_FALSE(patient.record.closed);
}

TEST_CASE("IMAP: a line has its limit, shorter before login, and a command's literals theirs (RFC 2683 §3.2.1.5)") {
  const auto line = [](std::size_t size) { return "a NOOP " + std::string(size - 9, 'x') + "\r\n"; };
  CHECK(answers(line(Server::login_octets_max)).ends_with("a BAD invalid arguments\r\n"));
  CHECK(answers(line(Server::login_octets_max + 1)).ends_with("a BAD command line too long\r\n"));
  CHECK(after_select(line(Server::line_octets_max)) == "a BAD invalid arguments\r\n");
  CHECK(after_select(line(Server::line_octets_max + 1)) == "a BAD command line too long\r\n");
  std::string fields;
  for (int field = 0; field < 30; ++field)
    fields +=
        (field == 0 ? "" : " ") + std::string("\"f") + std::to_string(field) + "\" \"" + std::string(1024, 'v') + "\"";
  CHECK(answers("a ID (" + fields + ")\r\n").ends_with("* ID (\"name\" \"Mailscope\")\r\na OK ID completed\r\n"));
  const auto announced = [](std::size_t octets) { return "{" + std::to_string(octets) + "}\r\n"; };
  CHECK(answers("a LOGIN " + announced(Server::login_octets_max - 8)).ends_with("a BAD literal too large\r\n"));
  CHECK(answers("a LOGIN {99999999999999999999999}\r\n").ends_with("a BAD literal too large\r\n"));
  CHECK(answers("a APPEND INBOX {50000}\r\n").ends_with("a BAD literal too large\r\n"));  // nobody has logged in
  CHECK(after_select("a SEARCH TEXT " + announced(Server::command_octets_max)) == "a BAD literal too large\r\n");
  CHECK(after_select("a SEARCH TEXT " + announced(9000)) == "+ Ready for the literal\r\n");
  CHECK(after_select("a APPEND INBOX " + announced(Server::append_octets_max + 1)) ==
        "a NO [TOOBIG] message too large\r\n");
  CHECK(after_select("a APPEND INBOX " + announced(Server::append_octets_max)) == "+ Ready for the literal\r\n");
}

TEST_CASE("IMAP: thirty idle minutes end in BYE (RFC 3501 §5.4)") {
  mailstore::Account account("bruno");
  Session session(account);
  CHECK_FALSE(session.server.deadline());
  session.say("a LOGIN bruno ginger-4\r\n");
  REQUIRE(session.server.deadline() == start + std::chrono::minutes(30));
  session.server.deadline_passed(start + std::chrono::minutes(29));
  CHECK(session.say("").empty());
  session.server.deadline_passed(start + std::chrono::minutes(30));
  CHECK(session.say("") == "* BYE autologout: idle for too long\r\n");
  CHECK(session.record.closed);
}

TEST_CASE("IMAP: a lost connection expunges nothing") {
  mailstore::Account account("bruno");
  test::fill(account);
  Session session(account);
  session.say("a LOGIN bruno ginger-4\r\nb SELECT INBOX\r\nc STORE 1 +FLAGS (\\Deleted)\r\nd EXPUN");
  session.server.receive_eof(start);
  CHECK(session.say("").empty());
  CHECK(session.record.closed);
  CHECK(account.inbox().messages().size() == 3);
}

TEST_CASE("IMAP: Steps carry text, topic, state and error; the line that asks for a literal stands before the answer") {
  mailstore::Account account("bruno");
  Session session(account);
  session.say("a login {5}\r\nbruno {8}\r\nginger-4\r\nb SELECT nowhere\r\nc WHAT\r\n");
  const auto lines = test::told(session.record.steps);
  REQUIRE(lines.size() == 11);
  CHECK(lines[0].find(" 0->0 [imap/untagged/greeting] * OK [CAPABILITY IMAP4rev1 ") != std::string::npos);
  CHECK(lines[1] == "< 0-13 0->0 [imap/command/LOGIN] a login {5}");
  CHECK(lines[2].ends_with(" 0->0 [imap/continuation] + Ready for the literal"));
  CHECK(lines[3] == "< 13-24 0->0 [imap/command/LOGIN] bruno {8}");
  CHECK(lines[4].ends_with(" 0->0 [imap/continuation] + Ready for the literal"));
  CHECK(lines[5] == "< 24-34 0->0 [imap/command/LOGIN] ginger-4");
  CHECK(lines[6].find(" 0->1 [imap/reply/LOGIN/OK] a OK [CAPABILITY ") != std::string::npos);
  CHECK(lines[7] == "< 34-52 1->1 [imap/command/SELECT] b SELECT nowhere");
  CHECK(lines[8].ends_with("1->1 [imap/reply/SELECT/NO !] b NO [NONEXISTENT] no such mailbox"));
  CHECK(lines[9] == "< 52-60 1->1 [imap/command/unknown] c WHAT");
  CHECK(lines[10].ends_with("[imap/reply/unknown/BAD !] c BAD unknown command"));
  session.say("d SELECT INBOX\r\ne IDLE\r\n");
  CHECK(test::told(session.record.steps).back().ends_with("[imap/continuation/idling] + idling"));
}

TEST_CASE("IMAP: without UTF8=ACCEPT nobody can enable it (RFC 6855 §3)") {
  mailstore::Account account("bruno");
  imap::ServerConfig config{"mx.llevant.example"};
  config.utf8 = false;
  Session session(account, config);
  CHECK(session.say("a LOGIN bruno ginger-4\r\n").find("UTF8") == std::string::npos);
  CHECK(session.say("b ENABLE UTF8=ACCEPT CONDSTORE\r\n") == "* ENABLED CONDSTORE\r\nb OK ENABLE completed\r\n");
}
