#include "tests/sim/scenario/lesson_fixture.hpp"

#include <catch2/catch_all.hpp>
#include <filesystem>

#include "tests/source_dir.hpp"

namespace mailscope::test {

std::string shipped_lesson() {
  const auto text = read_file(source_dir() / "scenarios/send-and-retrieve.yaml");
  REQUIRE(text);
  return *text;
}

std::string small_lesson() {
  return R"(mailscope: 1
title: Post
summary: From one to another
level: beginner
minutes: 5
start: 2026-03-02T09:00:00Z
hosts:
  desk:
    kind: laptop
    account:
      address: anna@alba.example
      password: violet-7
      outgoing: {server: mail.alba.example}
  mail.alba.example:
    kind: mail-server
    domains: [alba.example]
    users: {anna: violet-7}
    resolver: dns
  dns:
    kind: dns-server
    zones:
      llevant.example:
        - {name: "@", type: MX, preference: 10, value: mx.llevant.example}
        - {name: mx, type: A, value: 198.51.100.25}
  mx.llevant.example:
    kind: mail-server
    address: 198.51.100.25
    domains: [llevant.example]
    users: {bruno: ginger-4}
    ports: {25: relay, 143: imap, 587: closed}
  pocket:
    kind: phone
    account:
      address: bruno@llevant.example
      password: ginger-4
      incoming: {protocol: imap, server: mx.llevant.example}
links:
  - {between: [desk, mail.alba.example]}
  - {between: [mail.alba.example, dns]}
  - {between: [mail.alba.example, mx.llevant.example]}
  - {between: [pocket, mx.llevant.example], latency: 20 ms, bandwidth: 1 Mbit/s}
actions:
  - who: desk
    send: {to: [bruno@llevant.example], subject: Hello, text: Good morning}
  - {who: pocket, check-mail: true, pause: 300 ms}
  - {who: pocket, read: Hello, at: 5 s}
steps:
  - title: Off it goes
    when: start
    text: Anna presses Send.
    expect:
      - {host: desk, says: EHLO}
      - {queue: mail.alba.example, holds: 0}
  - title: It arrives
    when: {action: 2}
    text: Bruno looks.
    expect:
      - {mailbox: bruno/INBOX, of: mx.llevant.example, holds: 1}
  - title: It is read
    when: {host: pocket, says: a1}
    text: Bruno reads.
    expect:
      - {mailbox: bruno/INBOX, of: mx.llevant.example, seen: 1}
)";
}

std::string with(std::string_view from, std::string_view to) {
  std::string text = small_lesson();
  const std::size_t at = text.find(from);
  INFO(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end{}; !text.empty(); text.remove_prefix(std::min(end + 1, text.size()))) {
    end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
  }
  return lines;
}

std::vector<std::string> faults_of(std::string_view yaml) {
  std::vector<std::string> faults;
  for (const Fault& fault : read_scenario(yaml).faults)
    if (fault.untranslated.empty()) faults.push_back(lines_of(describe(fault, "F", yaml)).front().substr(2));
  return faults;
}

}  // namespace mailscope::test
