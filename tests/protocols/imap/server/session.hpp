// One IMAP session with our server, for transcripts.
#pragma once

#include <string>
#include <string_view>

#include "protocols/imap/server/server.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"

namespace mailscope::test {

inline std::function<void(imap::Server&, const imap::Server::Event&)> imap_host(mailstore::Account& account) {
  return one_user(account, "bruno", "ginger-4");
}

struct Session {
  explicit Session(mailstore::Account& account, imap::ServerConfig config = {"mx.llevant.example"})
      : account_(account), server(std::move(config)) {}

  /// What the server answers. `chunk` octets are given at a time, 0 for all.
  std::string say(std::string_view input, std::size_t chunk = 0) {
    const std::size_t before = record.sent.size();
    feed<imap::Server>(server, input, chunk, start, record, imap_host(account_));
    return record.sent.substr(before);
  }

 private:
  mailstore::Account& account_;

 public:
  imap::Server server;
  Record<imap::Server> record;
};

/// What the server says it can do; before login `ways` to authenticate stand before it.
inline std::string capabilities(const std::string& ways = "") {
  return "CAPABILITY IMAP4rev1 IMAP4rev2 " + ways +
         "LITERAL+ ID ENABLE IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS MOVE MULTIAPPEND CATENATE URL-PARTIAL "
         "LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE NOTIFY CONDSTORE QRESYNC "
         "ESEARCH SEARCHRES WITHIN PARTIAL BINARY PREVIEW SAVEDATE OBJECTID REPLACE UNAUTHENTICATE SORT "
         "SORT=DISPLAY ESORT CONTEXT=SEARCH CONTEXT=SORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES I18NLEVEL=1 "
         "QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX QUOTA=RES-ANNOTATION-STORAGE ACL "
         "RIGHTS=kxten LIST-MYRIGHTS METADATA LIST-METADATA MULTISEARCH SEARCH=FUZZY ANNOTATE-EXPERIMENT-1 "
         "UIDONLY INPROGRESS UTF8=ACCEPT APPENDLIMIT=67108864 COMPRESS=DEFLATE";
}
/// "a" is the tag of LOGIN, or of `verb`.
inline std::string logged_in(const std::string& tag, const std::string& verb = "LOGIN") {
  return tag + " OK [" + capabilities() + "] " + verb + " completed\r\n";
}

inline const std::string message_one =
    "From: =?UTF-8?Q?N=C3=BAria?= <nuria@alba.example>\r\nTo: bruno@llevant.example\r\nSubject: Lunch\r\n on "
    "Friday?\r\n"
    "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nHello Bruno,\r\nlunch?\r\n";
inline const std::string message_two = "From: anna@alba.example\r\nSubject: The table\r\n\r\nBooked.\r\n";
inline const std::string message_three = "Subject: no body\r\n";

/// Three messages: one of 2 March 2026 and unread, one read, one flagged and deleted.
inline void fill(mailstore::Account& account) {
  account.inbox().append(start, message_one);
  account.inbox().append(start + std::chrono::hours(24), message_two, {mailstore::Flag::Seen});
  account.inbox().append(start + std::chrono::hours(48), message_three,
                         {mailstore::Flag::Flagged, mailstore::Flag::Deleted});
}

/// What a fresh server with three messages says to `input`, whole and byte by byte alike.
inline std::string answers(std::string_view input) {
  Record<imap::Server> records[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    fill(account);
    Session session(account);
    session.say(input, chunk);
    records[chunk] = session.record;
  }
  CHECK(records[0].sent == records[1].sent);
  CHECK(told(records[0].steps) == told(records[1].steps));
  return records[0].sent;
}

/// What it says after LOGIN and SELECT INBOX.
inline std::string after_select(std::string_view input, std::string_view command = "SELECT") {
  const std::string entry = "x LOGIN bruno ginger-4\r\ny " + std::string(command) + " INBOX\r\n";
  const std::string before = answers(entry);
  const std::string all = answers(entry + std::string(input));
  REQUIRE(all.starts_with(before));
  return all.substr(before.size());
}

}  // namespace mailscope::test
