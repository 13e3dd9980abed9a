// Annotations of messages (RFC 5257), as transcripts. Long because it is one list: each rule of the RFC, in its order.
#include <catch2/catch_all.hpp>

#include "protocols/mailstore/store.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

const std::string no_right = "a NO [NOPERM] you have no right to do that\r\n";
const std::string no_part = "a BAD that message has no such part\r\n";

const std::string two_parts =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n";

/// Two sessions of one user, both with INBOX open.
struct Devices {
  explicit Devices(const std::string& parameters = " (ANNOTATE)", const std::string& before = "")
      : account(store.add("bruno")) {
    test::fill(account);
    for (Session* session : {&phone, &laptop}) session->say("x LOGIN bruno ginger-4\r\n");
    if (!before.empty()) phone.say(before + "\r\n");
    phone.say("y SELECT INBOX" + parameters + "\r\n");
    laptop.say("y SELECT INBOX\r\n");
  }
  std::string say(const std::string& command) { return phone.say("a " + command + "\r\n"); }
  /// What the phone is told with its next command, after the laptop has said this.
  std::string after(const std::string& command) {
    const std::string answer = laptop.say("a " + command + "\r\n");
    INFO(answer);
    REQUIRE(answer.find("a OK") != std::string::npos);
    const std::string told = say("NOOP");
    REQUIRE(told.ends_with("a OK NOOP completed\r\n"));
    return told.substr(0, told.size() - std::string_view("a OK NOOP completed\r\n").size());
  }

  mailstore::Store store;
  mailstore::Account& account;
  Session phone{account}, laptop{account};
};

/// Anna has a mailbox "Team" with a message of two parts, on which Bruno has `rights`; both have it open.
struct Office {
  explicit Office(const std::string& rights) : anna(store.add("anna")), bruno(store.add("bruno")), session(bruno) {
    team = anna.create("Team").mailbox;
    team->append(start, two_parts);
    anna.set_rights(*team, "bruno", *mailstore::Rights::of(rights));
    test::fill(bruno);
    session.say("x LOGIN bruno ginger-4\r\n");
  }
  std::string say(const std::string& command) { return session.say("a " + command + "\r\n"); }
  Office& selected() {
    REQUIRE(say("SELECT \"Other Users/anna/Team\" (ANNOTATE)").find("a OK") != std::string::npos);
    return *this;
  }
  /// Every user's value of that entry, of the last message.
  [[nodiscard]] std::string values(const mailstore::Mailbox& mailbox, const std::string& entry = "/comment") const {
    std::string text;
    for (const auto& [key, value] : annotations_of(mailbox.messages().back().annotations).values())
      if (key.entry == entry) text += key.user + "=" + *value + ";";
    return text;
  }

  mailstore::Store store;
  mailstore::Account &anna, &bruno;
  mailstore::Mailbox* team{};
  Session session;
};

}  // namespace

TEST_CASE("IMAP ANNOTATE: SELECT tells how large a value may be, EXAMINE that none may be written (RFC 5257 §4.1)") {
  const auto opened = [](const std::string& command) {
    return test::answers("x LOGIN bruno ginger-4\r\na " + command + "\r\n");
  };
  CHECK(opened("SELECT INBOX").find("* OK [ANNOTATIONS 16384]") != std::string::npos);
  CHECK(opened("SELECT INBOX (ANNOTATE CONDSTORE)").find("* OK [ANNOTATIONS 16384]") != std::string::npos);
  CHECK(opened("EXAMINE INBOX (ANNOTATE)").find("* OK [ANNOTATIONS READ-ONLY]") != std::string::npos);
  CHECK(opened("SELECT INBOX (ANNOTATION)").ends_with("a BAD invalid arguments\r\n"));
  CHECK(opened("CAPABILITY").find(" ANNOTATE-EXPERIMENT-1 ") != std::string::npos);
}

TEST_CASE(
    "IMAP ANNOTATE: what was stored is fetched, with its size; what is not there is NIL (RFC 5257 §4.3 to §4.5)") {
  CHECK(after_select("a STORE 1 ANNOTATION (/comment (value.priv \"My comment\" value.shared {10+}\r\nGroup note))\r\n"
                     "b FETCH 1 (ANNOTATION (/comment value))\r\n"
                     "c UID FETCH 1 ANNOTATION ((/comment /altsubject) (value.priv size.shared))\r\n"
                     "d STORE 1 ANNOTATION (/comment (value.shared NIL) /altsubject (value.priv \"\"))\r\n"
                     "e FETCH 1 ANNOTATION ((/altsubject /comment /altsubject) (value size))\r\n"
                     "f FETCH 2 (UID ANNOTATION (/comment (size value.priv)))\r\n") ==
        "a OK STORE completed\r\n"
        "* 1 FETCH (ANNOTATION (/comment (value.priv \"My comment\" value.shared \"Group note\")))\r\n"
        "b OK FETCH completed\r\n"
        "* 1 FETCH (UID 1 ANNOTATION (/comment (value.priv \"My comment\" size.shared \"10\") /altsubject (value.priv "
        "NIL "
        "size.shared \"0\")))\r\n"
        "c OK UID FETCH completed\r\n"
        "d OK STORE completed\r\n"
        "* 1 FETCH (ANNOTATION (/altsubject (value.priv \"\" value.shared NIL size.priv \"0\" size.shared \"0\") "
        "/comment "
        "(value.priv \"My comment\" value.shared NIL size.priv \"10\" size.shared \"0\")))\r\n"
        "e OK FETCH completed\r\n"
        "* 2 FETCH (UID 2 ANNOTATION (/comment (size.priv \"0\" size.shared \"0\" value.priv NIL)))\r\n"
        "f OK FETCH completed\r\n");
}

TEST_CASE("IMAP ANNOTATE: wildcards find what is there, and an empty list is never told (RFC 5257 §4.3, §5)") {
  const std::string store =
      "x STORE 1:2 ANNOTATION (/comment (value.priv \"c\") /altsubject (value.shared \"s\") /1/comment (value.priv "
      "\"p\") /vendor/x/label (value.priv \"l\"))\r\n";
  const auto fetched = [&](const std::string& what) {
    const std::string told = after_select(store + "a FETCH 1 " + what + "\r\n");
    const std::string before = "x OK STORE completed\r\n", end = "a OK FETCH completed\r\n";
    REQUIRE(told.starts_with(before));
    REQUIRE(told.ends_with(end));
    return told.substr(before.size(), told.size() - before.size() - end.size());
  };
  CHECK(fetched("ANNOTATION (/* value.priv)") ==
        "* 1 FETCH (ANNOTATION (/1/comment (value.priv \"p\") /comment (value.priv \"c\") /vendor/x/label (value.priv "
        "\"l\")))\r\n");
  CHECK(
      fetched("ANNOTATION (/% value)") ==
      "* 1 FETCH (ANNOTATION (/altsubject (value.priv NIL value.shared \"s\") /comment (value.priv \"c\" value.shared "
      "NIL)))\r\n");
  CHECK(fetched("ANNOTATION ((/vendor/* /1/% /vendor/x/label) size.priv)") ==
        "* 1 FETCH (ANNOTATION (/vendor/x/label (size.priv \"1\") /1/comment (size.priv \"1\")))\r\n");
  CHECK(fetched("ANNOTATION (/vendor/y/* value)").empty());
  CHECK(fetched("(ANNOTATION (/vendor/y/* value) ANNOTATION (* value.shared))") ==
        "* 1 FETCH (ANNOTATION (/altsubject (value.shared \"s\")))\r\n");
  CHECK(fetched("(FLAGS ANNOTATION (/vendor/y/* value))") == "* 1 FETCH (FLAGS (\\Recent))\r\n");
}

TEST_CASE("IMAP ANNOTATE: values are any octets, by literal8 (RFC 5257 §3.2.2)") {
  const std::string octets("a\0\xff\r\n", 5);
  CHECK(after_select("a STORE 3 ANNOTATION (/vendor/x/icon (value.shared ~{5+}\r\n" + octets +
                     "))\r\nb FETCH 3 ANNOTATION (/vendor/x/icon (value.shared size.shared))\r\n") ==
        "a OK STORE completed\r\n* 3 FETCH (ANNOTATION (/vendor/x/icon (value.shared ~{5}\r\n" + octets +
            " size.shared \"5\")))\r\nb OK FETCH completed\r\n");
  CHECK(
      after_select("a STORE 3 ANNOTATION (/comment (value.shared {2+}\r\n\xc3\xa9))\r\nb FETCH 3 ANNOTATION (/comment "
                   "value.shared)\r\n") ==
      "a OK STORE completed\r\n* 3 FETCH (ANNOTATION (/comment (value.shared {2}\r\n\xc3\xa9)))\r\nb OK FETCH "
      "completed\r\n");
}

TEST_CASE("IMAP ANNOTATE: names that cannot be are answered BAD (RFC 5257 §3.2, §3.5)") {
  for (const std::string wrong : {"comment",
                                  "/",
                                  "/comment/",
                                  "//comment",
                                  "/com*ment",
                                  "\"/com%ment\"",
                                  "{9+}\r\n/comm\xc3\xa9nt",
                                  "/flags",
                                  "/flags/seen",
                                  "/mynote",
                                  "/vendor",
                                  "/1",
                                  "/1/altsubject",
                                  "/1/flags",
                                  "/1/flags/new",
                                  "/0/comment",
                                  "/1./comment",
                                  "/1..2/comment",
                                  "/1x/comment",
                                  "/4294967296/comment"}) {
    INFO(wrong);
    CHECK(after_select("a STORE 1 ANNOTATION (" + wrong + " (value.priv \"x\"))\r\n") == "a BAD invalid arguments\r\n");
  }
  const std::string longest = "/vendor/" + std::string(mailstore::Annotations::entry_octets_max - 8, 'x');
  CHECK(after_select("a STORE 1 ANNOTATION (" + longest + " (value.priv \"x\"))\r\n") == "a OK STORE completed\r\n");
  CHECK(after_select("a STORE 1 ANNOTATION (" + longest + "x (value.priv \"x\"))\r\n") ==
        "a BAD invalid arguments\r\n");
  for (const std::string wrong :
       {"ANNOTATION", "ANNOTATION ()", "ANNOTATION (/comment)", "ANNOTATION (/comment value)",
        "ANNOTATION (/comment ())", "ANNOTATION (/comment (value \"x\"))", "ANNOTATION (/comment (size.priv \"1\"))",
        "ANNOTATION (/comment (VALUE.PRIV \"x\"))", "ANNOTATION (/comment (value.priv x))",
        "ANNOTATION (/comment (value.priv.priv \"x\"))", "ANNOTATION (/comment (value.priv \"x\")) x",
        "+ANNOTATION (/comment (value.priv \"x\"))", "ANNOTATION (/1/flags/seen (value.priv \"yes\"))",
        "ANNOTATION (/comment (value.priv \"x\")"}) {
    INFO(wrong);
    CHECK(after_select("a STORE 1 " + wrong + "\r\n") == "a BAD invalid arguments\r\n");
  }
  for (const std::string wrong :
       {"ANNOTATION", "ANNOTATION ()", "ANNOTATION (/comment)", "ANNOTATION (/comment ())", "ANNOTATION (() value)",
        "ANNOTATION (/comment content-type)", "ANNOTATION (/comment value.none)", "ANNOTATION (comment value)",
        "ANNOTATION (//* value)", "ANNOTATION (/0/* value)", "ANNOTATION (/comment value) x"}) {
    INFO(wrong);
    CHECK(after_select("a FETCH 1 " + wrong + "\r\n") == "a BAD invalid arguments\r\n");
  }
  // Entries that nobody has registered have no value.
  CHECK(after_select("a FETCH 1 ANNOTATION ((/mynote /flags/seen) value.priv)\r\n") ==
        "* 1 FETCH (ANNOTATION (/mynote (value.priv NIL) /flags/seen (value.priv NIL)))\r\na OK FETCH completed\r\n");
}

TEST_CASE("IMAP ANNOTATE: entries of a part need the part (RFC 5257 §3.2.1)") {
  const auto after = [](const std::string& command) {
    const std::string append = "x APPEND INBOX {" + std::to_string(two_parts.size()) + "+}\r\n" + two_parts + "\r\n";
    const std::string before = after_select(append);
    return after_select(append + "a " + command + "\r\n").substr(before.size());
  };
  CHECK(after("STORE 4 ANNOTATION (/2/flags/seen (value.priv \"1\") /1/comment (value.shared \"x\"))") ==
        "a OK STORE completed\r\n");
  CHECK(after("STORE 4 ANNOTATION (/3/comment (value.priv \"x\"))") == no_part);
  CHECK(after("STORE 4 ANNOTATION (/2.2/comment (value.priv \"x\"))") == no_part);
  CHECK(after("STORE 1,4 ANNOTATION (/2/comment (value.priv \"x\"))") == no_part);
  CHECK(after("FETCH 4 ANNOTATION (/2/comment value.priv)") ==
        "* 4 FETCH (ANNOTATION (/2/comment (value.priv NIL)))\r\na OK FETCH completed\r\n");
  CHECK(after("FETCH 3:4 ANNOTATION (/2/* value.priv)") == no_part);
  CHECK(after("FETCH 4 ANNOTATION (/3/comment value.priv)") == no_part);
  CHECK(after("SEARCH ANNOTATION /3/comment value \"x\"") == "* SEARCH\r\na OK SEARCH completed\r\n");
}

TEST_CASE("IMAP ANNOTATE: values and their number are bounded, and a STORE changes all or nothing (RFC 5257 §4.5)") {
  const std::string largest(16384, 'v');
  CHECK(after_select("a STORE 1 ANNOTATION (/comment (value.priv {16384+}\r\n" + largest +
                     "))\r\nb FETCH 1 ANNOTATION (/comment size.priv)\r\n") ==
        "a OK STORE completed\r\n* 1 FETCH (ANNOTATION (/comment (size.priv \"16384\")))\r\nb OK FETCH completed\r\n");
  const auto named = [](std::size_t values) {
    std::string command = "a STORE 1 ANNOTATION (";
    for (std::size_t number = 0; number < values; ++number)
      command += (number == 0 ? "/vendor/x/" : " /vendor/x/") + std::to_string(number / 2) + " (value." +
                 (number % 2 == 0 ? "priv" : "shared") + " \"x\")";
    return after_select(command + ")\r\n");
  };
  CHECK(named(128) == "a OK STORE completed\r\n");
  CHECK(named(129) == "a BAD invalid arguments\r\n");
  const std::string too_big = "a NO [ANNOTATE TOOBIG] the value is too large\r\n";
  CHECK(after_select("a STORE 1 ANNOTATION (/comment (value.priv {16385+}\r\n" + largest + "v))\r\n") == too_big);
  CHECK(after_select("a UID STORE 1 ANNOTATION (/comment (value.priv {140000}\r\n") == too_big);  // before it comes

  mailstore::Account account("bruno");
  test::fill(account);
  Session session(account);
  const auto say = [&session](const std::string& command) { return session.say("a " + command + "\r\n"); };
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  for (std::size_t number = 0; number < mailstore::Annotations::values_max; ++number)
    CHECK(say("STORE 1 ANNOTATION (/vendor/x/" + std::to_string(number) + " (value.priv \"x\"))") ==
          "a OK STORE completed\r\n");
  const auto before = account.inbox().highest_modseq();
  CHECK(say("STORE 1:2 ANNOTATION (/comment (value.priv \"x\"))") ==
        "a NO [ANNOTATE TOOMANY] the message has too many annotations\r\n");
  CHECK(account.inbox().highest_modseq() == before);
  CHECK(say("STORE 1:2 ANNOTATION (/comment (value.shared \"x\"))") == "a OK STORE completed\r\n");
  CHECK(say("STORE 1 ANNOTATION (/vendor/x/0 (value.priv NIL) /comment (value.priv \"y\"))") ==
        "a OK STORE completed\r\n");
  CHECK(say("STORE 1 ANNOTATION (/vendor/x/0 (value.priv NIL))") == "a OK STORE completed\r\n");

  account.set_quota({{}, {}, {}, 4});
  CHECK(say("GETQUOTA \"\"") == "* QUOTA \"\" (ANNOTATION-STORAGE 1 4)\r\na OK GETQUOTA completed\r\n");
  CHECK(say("STORE 2:3 ANNOTATION (/comment (value.priv {3000+}\r\n" + std::string(3000, 'x') + "))") ==
        "a NO [OVERQUOTA] it would exceed the quota\r\n");
  CHECK(say("STORE 3 ANNOTATION (/comment (value.priv {1000+}\r\n" + std::string(1000, 'x') + "))") ==
        "a OK STORE completed\r\n");
  CHECK(say("COPY 3,3 INBOX").find("a OK [COPYUID") != std::string::npos);
  CHECK(say("COPY 3,4 INBOX").starts_with("a NO [OVERQUOTA]"));
  CHECK(account.inbox().messages().size() == 4);
  CHECK(say("APPEND INBOX ANNOTATION (/comment (value.shared {2000+}\r\n" + std::string(2000, 'x') + ")) {1+}\r\nx") ==
        "a NO [OVERQUOTA] it would exceed the quota\r\n");
}

TEST_CASE("IMAP ANNOTATE: others' changes are told by name where SELECT asked for that (RFC 5257 §4.2, §4.4)") {
  Devices asked;
  CHECK(asked.after("STORE 1 ANNOTATION (/comment (value.priv \"x\") /altsubject (value.shared \"y\"))") ==
        "* 1 FETCH (ANNOTATION (/altsubject /comment))\r\n");
  CHECK(asked.after("STORE 1 ANNOTATION (/comment (value.priv \"x\"))").empty());  // as it was
  CHECK(asked.after("STORE 1 ANNOTATION (/comment (value.priv NIL))") == "* 1 FETCH (ANNOTATION (/comment))\r\n");
  CHECK(asked.say("STORE 2 ANNOTATION (/comment (value.priv \"x\"))") == "a OK STORE completed\r\n");  // its own
  asked.laptop.say("a STORE 2 ANNOTATION (/comment (value.priv \"z\"))\r\n");
  CHECK(asked.say("FETCH 2 FLAGS") ==
        "* 2 FETCH (FLAGS (\\Recent \\Seen))\r\n* 2 FETCH (ANNOTATION (/comment))\r\na OK FETCH completed\r\n");
  CHECK(asked.after("STORE 2 +FLAGS (\\Answered)") == "* 2 FETCH (FLAGS (\\Answered \\Recent \\Seen))\r\n");
  CHECK(asked.after("APPEND INBOX ANNOTATION (/comment (value.priv \"x\")) {1+}\r\nx") ==
        "* 4 EXISTS\r\n* 3 RECENT\r\n");
  // It counts until the mailbox is left (§4.2).
  asked.say("SELECT INBOX");
  CHECK(asked.after("STORE 1 ANNOTATION (/comment (value.priv \"w\"))").empty());
  CHECK(asked.laptop.say("b NOOP\r\n").find("ANNOTATION") == std::string::npos);

  Devices idle;
  idle.phone.say("b IDLE\r\n");
  idle.laptop.say("a STORE 3 ANNOTATION (/vendor/x/y (value.shared \"z\"))\r\n");
  CHECK(idle.phone.server.has_news());
  CHECK(idle.phone.say("") == "* 3 FETCH (ANNOTATION (/vendor/x/y))\r\n");
  Devices by_uid(" (ANNOTATE)", "b ENABLE UIDONLY");
  CHECK(by_uid.after("STORE 3 ANNOTATION (/comment (value.shared \"z\"))") ==
        "* 3 UIDFETCH (ANNOTATION (/comment))\r\n");
}

TEST_CASE("IMAP ANNOTATE: another user's own values are nobody else's business (RFC 5257 §3.3, §8)") {
  Office office("lrn");
  office.selected();
  Session boss(office.anna);
  const auto host = [&](const std::string& text) {
    office.anna.find("Team")->annotate(std::vector<mailstore::Uid>{{1}}, "anna",
                                       std::vector<mailstore::Annotation>{{"/comment", false, text}});
  };
  host("hers");
  CHECK(office.say("NOOP") == "a OK NOOP completed\r\n");
  CHECK(office.say("FETCH 1 ANNOTATION (/* value)") == "a OK FETCH completed\r\n");
  CHECK(office.say("FETCH 1 ANNOTATION (/comment (value size))") ==
        "* 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared NIL size.priv \"0\" size.shared \"0\")))\r\na OK "
        "FETCH completed\r\n");
  CHECK(office.say("SEARCH ANNOTATION * value \"hers\"") == "* SEARCH\r\na OK SEARCH completed\r\n");
  CHECK(office.say("STORE 1 ANNOTATION (/comment (value.priv \"his\" value.shared \"ours\"))") ==
        "a OK STORE completed\r\n");
  CHECK(office.values(*office.team) == "=ours;anna=hers;bruno=his;");
  // With mod-sequences it is told that something has changed, not what.
  office.say("FETCH 1 MODSEQ");
  host("hers again");
  CHECK(office.say("NOOP") == "* 1 FETCH (UID 1 MODSEQ (5))\r\na OK NOOP completed\r\n");
}

TEST_CASE("IMAP ANNOTATE: \"r\" lets a user annotate for herself, \"n\" for everybody (RFC 5257 §3.4, §4.10)") {
  const std::string own = "STORE 1 ANNOTATION (/comment (value.priv \"x\"))",
                    shared = "STORE 1 ANNOTATION (/comment (value.shared \"x\"))",
                    both = "STORE 1 ANNOTATION (/comment (value.priv \"x\") /altsubject (value.shared \"y\"))";
  Office reader("lr");
  CHECK(reader.say("SELECT \"Other Users/anna/Team\"").find("a OK [READ-ONLY]") != std::string::npos);
  CHECK(reader.say(own) == "a OK STORE completed\r\n");
  CHECK(reader.say(shared) == no_right);
  CHECK(reader.say(both) == no_right);
  CHECK(reader.say("EXAMINE \"Other Users/anna/Team\"").find("[ANNOTATIONS READ-ONLY]") != std::string::npos);
  CHECK(reader.say(own) == "a NO the mailbox is read-only\r\n");
  Office writer("lrn");
  CHECK(writer.say("SELECT \"Other Users/anna/Team\"").find("a OK [READ-WRITE]") != std::string::npos);
  CHECK(writer.say(both) == "a OK STORE completed\r\n");
  writer.anna.set_rights(*writer.team, "bruno", *mailstore::Rights::of("ln"));
  CHECK(writer.say(own) == no_right);
  CHECK(writer.say("FETCH 1 ANNOTATION (/comment value)") == no_right);
  CHECK(writer.say("MYRIGHTS \"Other Users/anna/Team\"") ==
        "* MYRIGHTS \"Other Users/anna/Team\" ln\r\na OK MYRIGHTS completed\r\n");
  const std::string append = "APPEND \"Other Users/anna/Team\" ANNOTATION (/comment (value.";
  CHECK(Office("lri").say(append + "shared \"x\")) {1+}\r\nx") == no_right);
  CHECK(Office("li").say(append + "priv \"x\")) {1+}\r\nx") == no_right);
  Office adder("lrin");
  CHECK(adder.say(append + "shared \"s\" value.priv \"p\")) {1+}\r\nx").starts_with("a OK"));
  CHECK(adder.values(*adder.team) == "=s;bruno=p;");
}

TEST_CASE("IMAP ANNOTATE: copies take along what the target's rights let in, and one's own alone (RFC 5257 §4.6)") {
  const auto filled = [](const std::string& rights) {
    auto office = std::make_unique<Office>(rights);
    const std::vector<mailstore::Uid> one{{1}};
    office->bruno.inbox().annotate(
        one, "bruno", std::vector<mailstore::Annotation>{{"/comment", false, "own"}, {"/comment", true, "shared"}});
    office->bruno.inbox().annotate(one, "anna", std::vector<mailstore::Annotation>{{"/comment", false, "hers"}});
    office->say("SELECT INBOX");
    return office;
  };
  const std::string to_team = " 1 \"Other Users/anna/Team\"";
  for (const auto& [rights, values] : {std::pair<std::string, std::string>{"lrin", "=shared;bruno=own;"},
                                       {"lri", "bruno=own;"},
                                       {"lin", "=shared;"},
                                       {"li", ""}}) {
    auto copying = filled(rights), moving = filled(rights);
    CHECK(copying->say("COPY" + to_team).starts_with("a OK"));
    CHECK(copying->values(*copying->team) == values);
    CHECK(moving->say("UID MOVE" + to_team).find("a OK") != std::string::npos);
    CHECK(moving->values(*moving->team) == values);
    CHECK(moving->bruno.usage().annotation_octets == 0);
    CHECK((moving->anna.usage().annotation_octets == 0) == values.empty());
  }
  auto within = filled("lr");
  within->say("COPY 1 INBOX");
  CHECK(within->values(within->bruno.inbox()) == "=shared;bruno=own;");
  // What the server itself moves stays whole (RFC 9051 §6.3.6).
  within->say("CLOSE");
  within->say("RENAME INBOX Old");
  CHECK(annotations_of(within->bruno.find("Old")->find({1})->annotations).values().size() == 3);
}

TEST_CASE("IMAP ANNOTATE: messages come with annotations of their own (RFC 5257 §4.7, RFC 3502, RFC 4469, RFC 8508)") {
  CHECK(
      after_select(
          "a APPEND INBOX (\\Seen) \" 2-Mar-2026 09:00:00 +0000\" ANNOTATION (/comment (value.priv \"one\")) {1+}\r\nx "
          "ANNOTATION (/1/comment (value.shared \"two\")) CATENATE (TEXT {1+}\r\ny) ~{1+}\r\nz\r\n"
          "b FETCH 4:6 ANNOTATION (/* value)\r\n"
          "c STORE 4 ANNOTATION (/altsubject (value.priv \"old\"))\r\n"
          "d REPLACE 4 INBOX ANNOTATION (/comment (value.shared \"new\")) {1+}\r\nw\r\n"
          "e FETCH 6 ANNOTATION (/* value)\r\n") ==
      "* 6 EXISTS\r\n* 6 RECENT\r\na OK [APPENDUID 1 4:6] APPEND completed\r\n"
      "* 4 FETCH (ANNOTATION (/comment (value.priv \"one\" value.shared NIL)))\r\n"
      "* 5 FETCH (ANNOTATION (/1/comment (value.priv NIL value.shared \"two\")))\r\nb OK FETCH completed\r\n"
      "c OK STORE completed\r\n"
      "* OK [APPENDUID 1 7] the replacement is ready\r\n* 4 EXPUNGE\r\n* 6 EXISTS\r\n* 6 RECENT\r\n"
      "d OK REPLACE completed\r\n"
      "* 6 FETCH (ANNOTATION (/comment (value.priv NIL value.shared \"new\")))\r\ne OK FETCH completed\r\n");
  for (const std::string wrong :
       {"ANNOTATION {1+}\r\nx", "ANNOTATION () {1+}\r\nx", "ANNOTATION (/comment (value \"x\")) {1+}\r\nx",
        "ANNOTATION (/comment (value.priv \"x\"))", "ANNOTATION (/comment (value.priv \"x\")) (\\Seen) {1+}\r\nx"})
    CHECK(after_select("a APPEND INBOX " + wrong + "\r\n") == "a BAD invalid arguments\r\n");
  CHECK(after_select("a APPEND INBOX ANNOTATION (/2/comment (value.priv \"x\")) {1+}\r\nx\r\n") == no_part);
  CHECK(after_select("a APPEND INBOX ANNOTATION (/comment (value.priv {16385+}\r\n" + std::string(16385, 'v') +
                     ")) {1+}\r\nx\r\n") == "a NO [ANNOTATE TOOBIG] the value is too large\r\n");
  std::string many = "a APPEND INBOX ANNOTATION (";
  for (std::size_t number = 0; number <= mailstore::Annotations::values_max; ++number)
    many += (number > 0 ? " /vendor/x/" : "/vendor/x/") + std::to_string(number) + " (value.priv \"x\")";
  CHECK(after_select(many + ") {1+}\r\nx\r\n") == "a NO [ANNOTATE TOOMANY] the message has too many annotations\r\n");
}

TEST_CASE("IMAP ANNOTATE: mod-sequences grow, and guard STORE (RFC 7162 §3.1.3, RFC 5257 §4.5)") {
  const std::string store = "ANNOTATION (/comment (value.priv \"x\"))\r\n";
  CHECK(after_select("a STORE 1:2 (UNCHANGEDSINCE 3) " + store +  //
                     "b STORE 1:2 (UNCHANGEDSINCE 4) ANNOTATION (/comment (value.priv \"y\"))\r\n"
                     "c UID STORE 3 " +
                     store + "d UID STORE 3 " + store +
                     "e FETCH 1:3 (ANNOTATION (/comment value.priv)) (CHANGEDSINCE 5)\r\n"
                     "f SEARCH MODSEQ 7\r\n") ==
        "* OK [HIGHESTMODSEQ 4] highest mod-sequence\r\n"
        "* 1 FETCH (UID 1 MODSEQ (5))\r\n* 2 FETCH (UID 2 MODSEQ (6))\r\na OK STORE completed\r\n"
        "* 1 FETCH (UID 1 FLAGS (\\Recent) MODSEQ (5))\r\n* 2 FETCH (UID 2 FLAGS (\\Recent \\Seen) MODSEQ (6))\r\n"
        "b OK [MODIFIED 1:2] STORE completed\r\n"
        "* 3 FETCH (UID 3 MODSEQ (7))\r\nc OK UID STORE completed\r\nd OK UID STORE completed\r\n"
        "* 2 FETCH (ANNOTATION (/comment (value.priv \"x\")) MODSEQ (6))\r\n"
        "* 3 FETCH (ANNOTATION (/comment (value.priv \"x\")) MODSEQ (7))\r\ne OK FETCH completed\r\n"
        "* SEARCH 3 (MODSEQ 7)\r\nf OK SEARCH completed\r\n");
  Devices devices("", "b ENABLE QRESYNC");
  CHECK(devices.after("STORE 1 " + store.substr(0, store.size() - 2)) == "* 1 FETCH (UID 1 MODSEQ (5))\r\n");
  devices.laptop.say("a EXPUNGE\r\n");
  CHECK(devices.say("STORE 3 " + store.substr(0, store.size() - 2)).find("a NO [EXPUNGEISSUED]") != std::string::npos);
  devices.say("CLOSE");
  CHECK(devices.say("SELECT INBOX (ANNOTATE QRESYNC (1 4))").find("* 1 FETCH (UID 1 FLAGS () MODSEQ (5))") !=
        std::string::npos);
}

TEST_CASE("IMAP ANNOTATE: SEARCH looks into values, as they are written in any charset and case (RFC 5257 §4.8, §7)") {
  const auto found = [](const std::string& keys) {
    const std::string store =
        "x STORE 1 ANNOTATION (/comment (value.priv {12+}\r\nCaf\xc3\xa9 at one))\r\n"
        "x STORE 2 ANNOTATION (/comment (value.shared \"coffee\") /vendor/x/y (value.priv \"cafe\"))\r\n"
        "x STORE 3 ANNOTATION (/comment (value.priv {3+}\r\n\xff\xfe\xfd) /altsubject (value.priv \"\"))\r\n";
    const std::string before = after_select(store);
    const std::string told = after_select(store + "a SEARCH " + keys + "\r\n").substr(before.size());
    return told.ends_with("a OK SEARCH completed\r\n") ? told.substr(8, told.find('\r') - 8) : told;
  };
  CHECK(found("ANNOTATION /comment value \"o\"") == " 1 2");
  CHECK(found("ANNOTATION /comment value.priv \"o\"") == " 1");
  CHECK(found("ANNOTATION /comment value.shared \"COFFEE\"") == " 2");
  CHECK(found("ANNOTATION /% VALUE \"af\"") == " 1");
  CHECK(found("ANNOTATION * value \"af\"") == " 1 2");
  CHECK(found("CHARSET ISO-8859-1 ANNOTATION * value {4+}\r\ncAF\xe9") == " 1");
  CHECK(found("ANNOTATION * value {5+}\r\nCAF\xc3\x89") == " 1");
  CHECK(found("ANNOTATION /altsubject value \"\"") == " 3");
  CHECK(found("ANNOTATION /altsubject value NIL") == " 1 2");
  CHECK(found("NOT ANNOTATION /comment value.priv NIL SMALLER 1000") == " 1 3");
  CHECK(found("OR ANNOTATION /comment value \"one\" ANNOTATION /vendor/* value \"cafe\"") == " 1 2");
  CHECK(found("ANNOTATION /comment value \"none\"").empty());
  for (const std::string wrong :
       {"ANNOTATION", "ANNOTATION /comment", "ANNOTATION /comment value", "ANNOTATION /comment size \"1\"",
        "ANNOTATION /comment value.other \"x\"", "ANNOTATION comment value \"x\"", "ANNOTATION /comment value x",
        "ANNOTATION /01/comment value \"x\""}) {
    INFO(wrong);
    CHECK(found(wrong) == "a BAD invalid arguments\r\n");
  }
}

TEST_CASE("IMAP ANNOTATE: SORT by a value; what has none comes first (RFC 5257 §4.9)") {
  const auto sorted = [](const std::string& criteria) {
    const std::string store =
        "x STORE 1 ANNOTATION (/altsubject (value.priv \"zebra\" value.shared \"1\"))\r\n"
        "x STORE 2 ANNOTATION (/altsubject (value.priv \"Ant\"))\r\n";
    const std::string before = after_select(store);
    return after_select(store + "a SORT (" + criteria + ") UTF-8 ALL\r\n").substr(before.size());
  };
  const std::string end = "\r\na OK SORT completed\r\n";
  CHECK(sorted("ANNOTATION /altsubject value.priv") == "* SORT 3 2 1" + end);
  CHECK(sorted("REVERSE ANNOTATION /altsubject value.priv") == "* SORT 1 2 3" + end);
  CHECK(sorted("ANNOTATION /altsubject VALUE.SHARED REVERSE ARRIVAL") == "* SORT 3 2 1" + end);
  for (const std::string wrong :
       {"ANNOTATION", "ANNOTATION /altsubject", "ANNOTATION /altsubject value", "ANNOTATION /altsubject size.priv",
        "ANNOTATION /* value.priv", "ANNOTATION altsubject value.priv"})
    CHECK(sorted(wrong) == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP ANNOTATE: searches that are kept up to date follow annotations (RFC 5267 §4.3)") {
  Devices devices("");
  CHECK(devices.say("SEARCH RETURN (UPDATE ALL) ANNOTATION /comment value \"x\"").find("a OK SEARCH") !=
        std::string::npos);
  CHECK(devices.after("STORE 2 ANNOTATION (/comment (value.shared \"xyz\"))") ==
        "* ESEARCH (TAG \"a\") ADDTO (0 2)\r\n");
  CHECK(devices.after("STORE 2 ANNOTATION (/comment (value.shared NIL))") ==
        "* ESEARCH (TAG \"a\") REMOVEFROM (0 2)\r\n");
  CHECK(devices.say("CANCELUPDATE \"a\"") == "a OK CANCELUPDATE completed\r\n");
  devices.say("SORT RETURN (UPDATE ALL) (ANNOTATION /comment value.priv) UTF-8 ALL");
  CHECK(devices.after("STORE 1 ANNOTATION (/comment (value.priv \"last\"))") ==
        "* ESEARCH (TAG \"a\") REMOVEFROM (1 1) ADDTO (3 1)\r\n");
  CHECK(devices.after("STORE 2 +FLAGS.SILENT (\\Answered)") == "* 2 FETCH (FLAGS (\\Answered \\Recent \\Seen))\r\n");
}

TEST_CASE("IMAP NOTIFY: AnnotationChange in the selected mailbox and in others (RFC 5465 §5.1)") {
  const auto notify = [](Devices& devices, const std::string& groups) { return devices.say("NOTIFY SET " + groups); };
  const auto uninvited = [](Devices& devices, const std::string& command) {
    REQUIRE(devices.laptop.say("a " + command + "\r\n").find("a OK") != std::string::npos);
    return devices.phone.say("");
  };
  const std::string annotate = "STORE 1 ANNOTATION (/comment (value.priv \"";
  Devices wants("");
  CHECK(notify(wants, "(selected (MessageNew MessageExpunge AnnotationChange))") == "a OK NOTIFY completed\r\n");
  CHECK(uninvited(wants, annotate + "x\"))") == "* 1 FETCH (UID 1 ANNOTATION (/comment))\r\n");
  CHECK(uninvited(wants, "STORE 1 +FLAGS (\\Answered)").empty());
  Devices other;  // NOTIFY decides, whatever SELECT asked for (§3.1)
  CHECK(notify(other, "(selected (MessageNew MessageExpunge FlagChange))") == "a OK NOTIFY completed\r\n");
  CHECK(uninvited(other, annotate + "x\"))").empty());
  CHECK(notify(other, "(selected (MessageNew MessageExpunge AnnotationChange))") ==
        "* 1 FETCH (UID 1 ANNOTATION (/comment))\r\na OK NOTIFY completed\r\n");  // what was not told until then

  Devices elsewhere("", "b ENABLE CONDSTORE");
  elsewhere.say("CREATE Lists");
  elsewhere.say("SELECT Lists");
  CHECK(notify(elsewhere, "STATUS (mailboxes INBOX (MessageNew MessageExpunge AnnotationChange))") ==
        "* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1 HIGHESTMODSEQ 4)\r\na OK NOTIFY completed\r\n");
  CHECK(uninvited(elsewhere, annotate + "x\"))") == "* STATUS INBOX (HIGHESTMODSEQ 5 UIDVALIDITY 1)\r\n");
  CHECK(uninvited(elsewhere, "STORE 1 +FLAGS (\\Answered)").empty());
  CHECK(notify(elsewhere, "(mailboxes INBOX (MessageNew MessageExpunge FlagChange))") == "a OK NOTIFY completed\r\n");
  CHECK(uninvited(elsewhere, annotate + "y\"))").empty());
  CHECK(uninvited(elsewhere, "STORE 1 -FLAGS (\\Answered)") == "* STATUS INBOX (HIGHESTMODSEQ 8 UIDVALIDITY 1)\r\n");

  CHECK(notify(elsewhere, "(personal (AnnotationChange))") == "a BAD invalid arguments\r\n");
  // Annotations may be among what is told of new messages.
  Devices fetching("");
  notify(fetching,
         "(selected (MessageNew (ANNOTATION (/comment value.priv) ANNOTATION (/2/comment value)) MessageExpunge))");
  CHECK(uninvited(fetching, "APPEND INBOX ANNOTATION (/comment (value.priv \"new\")) {1+}\r\nx") ==
        "* 4 EXISTS\r\n* 3 RECENT\r\n* 4 FETCH (ANNOTATION (/comment (value.priv \"new\")))\r\n");
  Devices nothing("");
  notify(nothing, "(selected (MessageNew (ANNOTATION (/* value)) MessageExpunge))");
  CHECK(uninvited(nothing, "APPEND INBOX {1+}\r\nx") == "* 4 EXISTS\r\n* 3 RECENT\r\n");
}
