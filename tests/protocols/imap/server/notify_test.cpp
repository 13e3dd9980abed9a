// NOTIFY: what a client is told of, and when (RFC 5465; RFC 5464 §4.4.2), as transcripts.
#include <catch2/catch_all.hpp>

#include "protocols/mailstore/store.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

/// A phone that has said NOTIFY, with INBOX selected where `select`, and a laptop with the same account.
struct Devices {
  explicit Devices(const std::string& notify, bool select = true) : account(store.add("bruno")) {
    test::fill(account);
    account.create("Lists");
    phone.say("x LOGIN bruno ginger-4\r\n");
    if (select) phone.say("y SELECT INBOX\r\n");
    laptop.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    told = phone.say("n " + notify + "\r\n");
  }
  /// What the phone is told uninvited when the laptop says this.
  std::string after(const std::string& command) {
    const std::string answer = laptop.say("a " + command + "\r\n");
    INFO(answer);
    REQUIRE(answer.find("a OK") != std::string::npos);
    return news();
  }
  std::string news() {
    const bool expected = phone.server.has_news();
    const std::string said = phone.say("");
    CHECK((expected || said.empty()));
    CHECK_FALSE(phone.server.has_news());
    return said;
  }

  mailstore::Store store;
  mailstore::Account& account;
  Session phone{account}, laptop{account};
  std::string told;
};

const std::string append_to_lists = "APPEND Lists {17+}\r\nSubject: one\r\n\r\nx";
const std::string append_to_inbox = "APPEND INBOX {17+}\r\nSubject: one\r\n\r\nx";

}  // namespace

TEST_CASE(
    "IMAP NOTIFY: events of the selected mailbox are told at once, those not asked for never (RFC 5465 §3.1, §6.1.1)") {
  Devices all("NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))");
  CHECK(all.told == "n OK NOTIFY completed\r\n");
  CHECK(all.after("STORE 1 +FLAGS (\\Answered)") == "* 1 FETCH (UID 1 FLAGS (\\Answered \\Recent))\r\n");
  CHECK(all.after(append_to_inbox) == "* 4 EXISTS\r\n* 3 RECENT\r\n");
  CHECK(all.after("EXPUNGE") == "* 3 EXPUNGE\r\n* 2 RECENT\r\n");
  CHECK(all.after(append_to_lists).empty());

  Devices no_flags("NOTIFY SET (selected (MessageNew MessageExpunge))");
  CHECK(no_flags.after("STORE 1 +FLAGS (\\Answered)").empty());
  CHECK(no_flags.phone.say("a NOOP\r\n") == "a OK NOOP completed\r\n");
  CHECK(no_flags.after("EXPUNGE") == "* 3 EXPUNGE\r\n* 2 RECENT\r\n");

  for (const std::string none : {"NOTIFY NONE", "NOTIFY SET (selected NONE)", "NOTIFY SET (personal (MailboxName))"}) {
    Devices deaf(none);
    CHECK(deaf.after("EXPUNGE").empty());
    CHECK(deaf.after(append_to_inbox).empty());
    CHECK(deaf.phone.say("a NOOP\r\n") == "a OK NOOP completed\r\n");
    CHECK(deaf.phone.say("b IDLE\r\n") == "+ idling\r\n");
    CHECK(deaf.phone.say("DONE\r\n") == "b OK IDLE completed\r\n");  // exactly what NOTIFY asks for (§4)
    // What it does itself is told, with all that was not.
    CHECK(deaf.phone.say("c STORE 2 +FLAGS (\\Deleted)\r\nd EXPUNGE\r\n")
              .ends_with("* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 2 EXISTS\r\n* 1 RECENT\r\nd OK EXPUNGE completed\r\n"));
  }
}

TEST_CASE("IMAP NOTIFY: SELECTED-DELAYED keeps EXPUNGE for a command that allows it, or IDLE (RFC 5465 §6.1.2, §4)") {
  Devices devices("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))");
  CHECK(devices.after("EXPUNGE").empty());
  CHECK(devices.after("STORE 1 +FLAGS (\\Answered)") == "* 1 FETCH (UID 1 FLAGS (\\Answered \\Recent))\r\n");
  CHECK(devices.phone.say("a FETCH 3 UID\r\n").starts_with("a NO [EXPUNGEISSUED]"));
  CHECK(devices.phone.say("b IDLE\r\n") == "+ idling\r\n* 3 EXPUNGE\r\n* 2 RECENT\r\n");
  CHECK(devices.phone.say("DONE\r\n") == "b OK IDLE completed\r\n");
  CHECK(devices.after("STORE 2 +FLAGS.SILENT (\\Deleted)") ==
        "* 2 FETCH (UID 2 FLAGS (\\Deleted \\Recent \\Seen))\r\n");
  CHECK(devices.after("EXPUNGE").empty());
  CHECK(devices.phone.say("c NOOP\r\n") == "* 2 EXPUNGE\r\n* 1 RECENT\r\nc OK NOOP completed\r\n");
}

TEST_CASE("IMAP NOTIFY: new messages come with the items that were asked for, one's own do not (RFC 5465 §5.2)") {
  Devices devices("NOTIFY SET (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge))");
  CHECK(devices.after(append_to_inbox) ==
        "* 4 EXISTS\r\n* 3 RECENT\r\n* 4 FETCH (UID 4 BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: one\r\n\r\n)\r\n");
  CHECK(devices.phone.say("a " + append_to_inbox + "\r\n") ==
        "* 5 EXISTS\r\n* 4 RECENT\r\na OK [APPENDUID 1 5] APPEND completed\r\n");
  devices.phone.say("b CLOSE\r\nc ENABLE CONDSTORE\r\nd SELECT INBOX\r\n");
  const std::string told = devices.after(append_to_inbox);
  CHECK(told.find("FETCH (UID 6 BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: one\r\n\r\n MODSEQ (") !=
        std::string::npos);

  // A part whose encoding is not known is left out; a message that is read by it becomes \Seen.
  Devices binary("NOTIFY SET (selected (MessageNew (BINARY[1]) MessageExpunge))");
  CHECK(binary.after("APPEND INBOX {41+}\r\nContent-Transfer-Encoding: x-odd\r\n\r\nhello") ==
        "* 4 EXISTS\r\n* 3 RECENT\r\n");
  CHECK(binary.after(append_to_inbox) ==
        "* 5 EXISTS\r\n* 3 RECENT\r\n* 5 FETCH (BINARY[1] {1}\r\nx FLAGS (\\Seen))\r\n");
}

TEST_CASE("IMAP NOTIFY SET tells what was not told until then (RFC 5465 §3.1)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Session phone(account);
  phone.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  account.inbox().append(start, test::message_two);
  account.inbox().remove(mailstore::Uid{3});
  CHECK(phone.say("a NOTIFY SET (selected (MessageNew (UID) MessageExpunge))\r\n") ==
        "* 3 EXPUNGE\r\n* 3 EXISTS\r\n* 3 RECENT\r\n* 3 FETCH (UID 4)\r\na OK NOTIFY completed\r\n");
  account.inbox().append(start, test::message_two);
  CHECK(phone.say("b NOTIFY SET (personal NONE)\r\n") ==
        "* 4 EXISTS\r\n* 4 RECENT\r\n* 4 FETCH (UID 5)\r\nb OK NOTIFY completed\r\n");
  account.inbox().append(start, test::message_two);
  CHECK(phone.say("c NOTIFY SET (selected NONE)\r\n") ==
        "* 5 EXISTS\r\n* 5 RECENT\r\nc OK NOTIFY completed\r\n");  // a snapshot (§5)
}

TEST_CASE("IMAP NOTIFY: another mailbox's messages are told by STATUS (RFC 5465 §5.1 to §5.3)") {
  Devices devices("NOTIFY SET STATUS (mailboxes (Lists Nowhere INBOX) (MessageNew MessageExpunge FlagChange))");
  CHECK(devices.told ==
        "* STATUS Lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 2 HIGHESTMODSEQ 1)\r\nn OK NOTIFY completed\r\n");
  CHECK(devices.after(append_to_lists) == "* STATUS Lists (UIDNEXT 2 MESSAGES 1 UNSEEN 1 UIDVALIDITY 2)\r\n");
  devices.laptop.say("a SELECT Lists\r\n");
  CHECK(devices.after("STORE 1 +FLAGS (\\Flagged)").empty());  // without CONDSTORE nobody can see it
  CHECK(devices.after("STORE 1 +FLAGS (\\Seen)") == "* STATUS Lists (UNSEEN 0 UIDVALIDITY 2)\r\n");
  devices.phone.say("a CLOSE\r\nb ENABLE CONDSTORE\r\n");
  CHECK(devices.after("STORE 1 -FLAGS (\\Flagged)") == "* STATUS Lists (HIGHESTMODSEQ 5 UIDVALIDITY 2)\r\n");
  CHECK(devices.after("STORE 1 +FLAGS (\\Deleted)").starts_with("* STATUS Lists (HIGHESTMODSEQ 6"));
  CHECK(devices.after("EXPUNGE") == "* STATUS Lists (UIDNEXT 2 MESSAGES 0 HIGHESTMODSEQ 7)\r\n");
  CHECK(devices.after(append_to_inbox).starts_with("* STATUS INBOX (UIDNEXT 5 MESSAGES 3 HIGHESTMODSEQ"));
  // One's own doing is not told (§5).
  CHECK(devices.phone.say("c " + append_to_lists + "\r\n") == "c OK [APPENDUID 2 2] APPEND completed\r\n");
  CHECK(devices.news().empty());
  // A new mailbox by the old name (§5.1).
  devices.laptop.say("a CLOSE\r\nb DELETE Lists\r\n");
  CHECK(devices.news().empty());
  CHECK(devices.after("CREATE Lists").empty());
  CHECK(devices.after(append_to_lists).starts_with("* STATUS Lists (UIDNEXT 2 MESSAGES 1 HIGHESTMODSEQ"));
  devices.laptop.say("a DELETE Lists\r\nb CREATE Lists\r\n");
  CHECK(devices.news() == "* STATUS Lists (UIDNEXT 1 MESSAGES 0 HIGHESTMODSEQ 1 UNSEEN 0 UIDVALIDITY 4)\r\n");

  Devices counts("NOTIFY SET STATUS (inboxes (MessageNew MessageExpunge))", false);
  CHECK(counts.told == "* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1)\r\nn OK NOTIFY completed\r\n");
  CHECK(counts.after(append_to_lists).empty());
  CHECK(counts.after(append_to_inbox) == "* STATUS INBOX (UIDNEXT 5 MESSAGES 4)\r\n");
}

TEST_CASE("IMAP NOTIFY: which mailboxes a group chooses (RFC 5465 §6.2 to §6.6, RFC 7377 §2.2)") {
  const std::string events = " (MessageNew MessageExpunge))";
  struct Case {
    std::string group;
    bool lists, below, deeper;
  };
  for (const Case& one :
       {Case{"personal", true, true, true}, Case{"inboxes", false, false, false},
        Case{"subscribed", false, true, false}, Case{"subtree Lists", true, true, true},
        Case{"subtree-one Lists", true, true, false}, Case{"mailboxes Lists", true, false, false},
        Case{"mailboxes (\"Lists/*\")", false, false, false}, Case{"subtree (Lists/A Nowhere)", false, true, true}}) {
    INFO(one.group);
    Devices devices("NONE", false);
    devices.laptop.say("a CREATE Lists/A/B\r\nb SUBSCRIBE Lists/A\r\n");
    CHECK(devices.phone.say("n NOTIFY SET (" + one.group + events + "\r\n") == "n OK NOTIFY completed\r\n");
    const std::string message = " {17+}\r\nSubject: one\r\n\r\nx";
    CHECK(!devices.after("APPEND Lists" + message).empty() == one.lists);
    CHECK(!devices.after("APPEND Lists/A" + message).empty() == one.below);
    CHECK(!devices.after("APPEND Lists/A/B" + message).empty() == one.deeper);
  }
  // The list is looked at anew when subscriptions change (§6.4).
  Devices devices("NOTIFY SET (subscribed (MessageNew MessageExpunge))", false);
  CHECK(devices.after("SUBSCRIBE Lists").empty());
  CHECK(devices.after(append_to_lists) == "* STATUS Lists (UIDNEXT 2 MESSAGES 1)\r\n");
}

TEST_CASE("IMAP NOTIFY: SELECTED decides for the selected mailbox, whatever names it (RFC 5465 §3.1, §6)") {
  Devices devices(
      "NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge FlagChange))");
  CHECK(devices.after("STORE 1 +FLAGS (\\Seen)").empty());
  CHECK(devices.after(append_to_inbox) == "* 4 EXISTS\r\n* 3 RECENT\r\n");
  CHECK(devices.after(append_to_lists).starts_with("* STATUS Lists"));
  devices.phone.say("a UNSELECT\r\n");
  CHECK(devices.after("STORE 1 -FLAGS (\\Seen)").starts_with("* STATUS INBOX (UNSEEN"));
  // Two groups may choose one mailbox (§6).
  Devices both("NOTIFY SET (mailboxes INBOX (MessageNew MessageExpunge)) (personal (SubscriptionChange))", false);
  CHECK(both.after("SUBSCRIBE INBOX") == "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n");
  CHECK(both.after(append_to_inbox) == "* STATUS INBOX (UIDNEXT 5 MESSAGES 4)\r\n");
}

TEST_CASE("IMAP NOTIFY: names that come, go and change are told by LIST, with the level above (RFC 5465 §5.4)") {
  Devices devices("NOTIFY SET (personal (MailboxName))");
  CHECK(devices.after("CREATE Lists/A") ==
        "* LIST (\\HasChildren) \"/\" Lists\r\n* LIST (\\HasNoChildren) \"/\" Lists/A\r\n");
  CHECK(devices.after("RENAME Lists Groups") == "* LIST (\\HasChildren) \"/\" Groups (\"OLDNAME\" (Lists))\r\n");
  CHECK(devices.after("RENAME Groups/A Groups/B") ==
        "* LIST (\\HasNoChildren) \"/\" Groups/B (\"OLDNAME\" (Groups/A))\r\n");
  CHECK(devices.after("DELETE Groups") == "* LIST (\\NonExistent \\HasChildren) \"/\" Groups\r\n");
  CHECK(devices.after("RENAME Groups Circles") ==
        "* LIST (\\HasNoChildren) \"/\" Circles/B (\"OLDNAME\" (Groups/B))\r\n");
  CHECK(devices.after("DELETE Circles/B") ==
        "* LIST (\\NonExistent \\HasNoChildren) \"/\" Circles\r\n* LIST (\\NonExistent \\HasNoChildren) \"/\" "
        "Circles/B\r\n");
  CHECK(devices.after("CREATE Plans (USE (\\Drafts))") == "* LIST (\\HasNoChildren \\Drafts) \"/\" Plans\r\n");
  CHECK(devices.phone.say("a CREATE Mine\r\n").starts_with("a OK"));
  CHECK(devices.news().empty());
  CHECK(devices.after("SUBSCRIBE Mine").empty());
}

TEST_CASE("IMAP NOTIFY: subscriptions, also of names that are no mailboxes (RFC 5465 §5.5)") {
  Devices devices("NOTIFY SET (subscribed (SubscriptionChange))");
  CHECK(devices.after("SUBSCRIBE Lists") == "* LIST (\\HasNoChildren \\Subscribed) \"/\" Lists\r\n");
  CHECK(devices.after("UNSUBSCRIBE Lists") == "* LIST (\\HasNoChildren) \"/\" Lists\r\n");
  CHECK(devices.after("SUBSCRIBE Gone") == "* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" Gone\r\n");
  CHECK(devices.phone.say("a SUBSCRIBE Lists\r\n") == "a OK SUBSCRIBE completed\r\n");
  CHECK(devices.news().empty());
}

TEST_CASE("IMAP NOTIFY: changed annotations are told by name (RFC 5465 §5.6, §5.7, RFC 5464 §4.4.2)") {
  Devices devices("NOTIFY SET (personal (MailboxMetadataChange ServerMetadataChange))");
  CHECK(devices.after("SETMETADATA INBOX (/shared/comment \"x\" /private/comment \"y\")") ==
        "* METADATA INBOX /private/comment /shared/comment\r\n");
  CHECK(devices.after("SETMETADATA INBOX (/shared/comment NIL)") == "* METADATA INBOX /shared/comment\r\n");
  CHECK(devices.after("SETMETADATA \"\" (/private/comment \"x\")") == "* METADATA \"\" /private/comment\r\n");
  CHECK(devices.phone.say("a SETMETADATA INBOX (/shared/comment \"z\")\r\n") == "a OK SETMETADATA completed\r\n");
  CHECK(devices.news().empty());

  Devices inbox("NOTIFY SET (mailboxes INBOX (MailboxMetadataChange))");
  CHECK(inbox.after("SETMETADATA Lists (/shared/comment \"x\")").empty());
  CHECK(inbox.after("SETMETADATA \"\" (/private/comment \"x\")").empty());
}

TEST_CASE("IMAP: after ENABLE METADATA annotations that others change are told unasked (RFC 5464 §4.1, §4.4.2)") {
  mailstore::Store store;
  mailstore::Account &anna = store.add("anna"), &bruno = store.add("bruno");
  Session phone(bruno), quiet(bruno);
  CHECK(phone.say("x LOGIN bruno ginger-4\r\ny ENABLE METADATA\r\n")
            .ends_with("* ENABLED METADATA\r\ny OK ENABLE completed\r\n"));
  quiet.say("x LOGIN bruno ginger-4\r\n");
  mailstore::Mailbox& team = *anna.create("Team").mailbox;
  anna.set_rights(team, "bruno", *mailstore::Rights::of("lr"));
  anna.set_metadata(&team, "anna", "/shared/comment", "ours");
  anna.set_metadata(&team, "anna", "/private/comment", "mine");
  anna.set_metadata(&anna.inbox(), "anna", "/shared/comment", "hers");
  CHECK(phone.server.has_news());
  CHECK(phone.say("") == "* METADATA \"Other Users/anna/Team\" /shared/comment\r\n");
  CHECK_FALSE(quiet.server.has_news());
  CHECK(phone.say("a SETMETADATA INBOX (/shared/comment \"z\")\r\n") == "a OK SETMETADATA completed\r\n");
  CHECK(phone.say("b UNAUTHENTICATE\r\n") == "b OK UNAUTHENTICATE completed\r\n");
  anna.set_metadata(&team, "anna", "/shared/comment", "all ours");
  CHECK_FALSE(phone.server.has_news());
}

TEST_CASE("IMAP NOTIFY: access that is lost and comes back (RFC 5465 §3.1, §5.4, §5.9)") {
  mailstore::Store store;
  mailstore::Account &anna = store.add("anna"), &bruno = store.add("bruno");
  mailstore::Mailbox& team = *anna.create("Team").mailbox;
  Session phone(bruno);
  phone.say("x LOGIN bruno ginger-4\r\n");
  const auto allow = [&](const std::string& rights) {
    anna.set_rights(team, "bruno", *mailstore::Rights::of(rights));
    return phone.say("");
  };
  const std::string set = "a NOTIFY SET STATUS (subtree \"Other Users\" (MessageNew MessageExpunge MailboxName))\r\n";
  CHECK(phone.say(set) == "a OK NOTIFY completed\r\n");  // what may not be known is ignored
  CHECK(allow("l") ==
        "* LIST (\\NonExistent \\HasChildren) \"/\" \"Other Users/anna\"\r\n"
        "* LIST (\\NoAccess \\HasNoChildren) \"/\" \"Other Users/anna/Team\"\r\n");
  CHECK(phone.say(set) ==
        "* LIST (\\NoAccess \\HasNoChildren) \"/\" \"Other Users/anna/Team\"\r\na OK NOTIFY completed\r\n");
  team.append(start, test::message_one);
  CHECK(phone.say("").empty());
  CHECK(allow("lr") == "* LIST (\\HasNoChildren) \"/\" \"Other Users/anna/Team\"\r\n");
  team.append(start, test::message_one);
  CHECK(phone.say("") == "* STATUS \"Other Users/anna/Team\" (UIDNEXT 3 MESSAGES 2)\r\n");
  CHECK(allow("") ==
        "* LIST (\\NonExistent \\HasNoChildren) \"/\" \"Other Users/anna\"\r\n"
        "* LIST (\\NonExistent \\NoAccess \\HasNoChildren) \"/\" \"Other Users/anna/Team\"\r\n");
  team.append(start, test::message_one);
  CHECK(phone.say("").empty());
}

TEST_CASE("IMAP NOTIFY: what cannot be asked for (RFC 5465 §3.1, §5, §6.1, §8)") {
  const std::string bad = "a BAD invalid arguments\r\n";
  for (const std::string wrong : {"",
                                  " ALL",
                                  " SET",
                                  " NONE x",
                                  " SET STATUS",
                                  " SET personal NONE",
                                  " SET (personal)",
                                  " SET (personal ())",
                                  " SET (nobody NONE)",
                                  " SET (subtree NONE)",
                                  " SET (selected (MailboxName))",
                                  " SET (personal (MessageNew))",
                                  " SET (personal (MessageExpunge))",
                                  " SET (personal (FlagChange))",
                                  " SET (selected (AnnotationChange))",
                                  " SET (selected NONE) (selected-delayed NONE)",
                                  " SET (personal (MessageNew (UID) MessageExpunge))",
                                  " SET (selected (MessageNew (NOTHING) MessageExpunge))",
                                  " SET (personal NONE) x",
                                  " SET (selected (MessageNew MessageExpunge",
                                  " SET (mailboxes () NONE)"})
    CHECK(after_select("a NOTIFY" + wrong + "\r\n") == bad);
  const std::string refused =
      "a NO [BADEVENT (MessageNew MessageExpunge FlagChange AnnotationChange MailboxName SubscriptionChange "
      "MailboxMetadataChange ServerMetadataChange)] no such events here\r\n";
  CHECK(after_select("a NOTIFY SET (personal (CalendarChange))\r\n") == refused);
  std::string many = "a NOTIFY SET";
  for (int group = 0; group < 32; ++group) many += " (personal NONE)";
  CHECK(after_select(many + "\r\n") == "a OK NOTIFY completed\r\n");
  CHECK(after_select(many + " (personal NONE)\r\n") == "a NO [NOTIFICATIONOVERFLOW] too many groups of mailboxes\r\n");
}

TEST_CASE("IMAP NOTIFY: a session that missed too much is told so, and hears no more (RFC 5465 §5.8)") {
  Devices devices("NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MailboxMetadataChange))");
  const auto annotate = [&](std::size_t times) {
    for (std::size_t time = 0; time < times; ++time)
      devices.account.set_metadata(&devices.account.inbox(), "bruno", "/shared/comment", std::to_string(time));
  };
  annotate(mailstore::Account::changes_max);
  CHECK(devices.news() == "* METADATA INBOX /shared/comment\r\n");
  annotate(mailstore::Account::changes_max + 1);
  CHECK(devices.news() == "* OK [NOTIFICATIONOVERFLOW] too much has happened to tell it all\r\n");
  annotate(1);
  CHECK(devices.after(append_to_inbox).empty());
}
