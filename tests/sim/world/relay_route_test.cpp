// The way from server to server: which mail exchangers are tried, in which order, and when that ends (RFC 5321 §5.1).
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

constexpr const char* alba = "mail.alba.example";
constexpr const char* second = "mx2.llevant.example";

const std::pair<std::string, std::string> mx{
    "        - {name: \"@\", type: MX, preference: 10, value: mx.llevant.example}\n",
    "        - {name: \"@\", type: MX, preference: 10, value: mx.llevant.example}\n"
    "        - {name: \"@\", type: MX, preference: 20, value: mx2.llevant.example}\n"};

/// A second exchanger of Bruno's domain, which keeps his mail for the first.
const Edits with_second{
    {"  bruno-laptop:\n    kind: laptop",
     "  mx2.llevant.example:\n    kind: mail-server\n    address: 198.51.100.26\n    domains: [reserve.example]\n"
     "    users: {carla: x}\n    relay-domains: [llevant.example]\n  bruno-laptop:\n    kind: laptop"},
    mx,
    {"        - {name: mx, type: A, value: 198.51.100.25}\n",
     "        - {name: mx, type: A, value: 198.51.100.25}\n        - {name: mx2, type: A, value: 198.51.100.26}\n"},
    {"links:\n", "links:\n  - {between: [mail.alba.example, mx2.llevant.example]}\n"}};

Edits and_also(Edits edits, const Edits& more) {
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

std::size_t waiting(const World& world) { return world.trace().state_at(world.trace().end()).hosts.at(1).queued; }

}  // namespace

TEST_CASE("a server that puts a message off is not waited for while another exchanger takes it") {
  World world = lesson_world(and_also(with_second, {{"    users: {bruno: ginger-4}\n    ports",
                                                     "    users: {bruno: ginger-4}\n    greylist: 1 h\n    ports"}}));
  world.run();
  CHECK(said(world.trace(), "mx.llevant.example", "450 4.7.1"));
  CHECK(noticed(world.trace(), alba, "notice/relayed")->at(1) == second);
  CHECK(waiting(world) == 0);
  CHECK_FALSE(noticed(world.trace(), alba, "notice/relay-deferred"));
}

TEST_CASE("a message that every exchanger puts off waits, and its sender is told who put it off") {
  World world = lesson_world(and_also(
      with_second,
      {{"    users: {carla: x}\n", "    users: {carla: x}\n    greylist: 1 h\n"},
       {"    users: {bruno: ginger-4}\n    ports", "    users: {bruno: ginger-4}\n    greylist: 1 h\n    ports"}}));
  world.run();
  CHECK(said(world.trace(), second, "450 4.7.1"));
  CHECK(waiting(world) == 2);
  CHECK(noticed(world.trace(), alba, "notice/relay-deferred")->at(1).starts_with("450 4.7.1"));
}

TEST_CASE("an exchanger that is this server by its address counts as itself, and what is worse is left out") {
  const std::string own = GENERATE("198.51.100.26", "192.0.2.25");  // the second exchanger's address; Anna's server's
  Edits edits = with_second;
  edits[2].second.replace(edits[2].second.find("198.51.100.26"), 13, own);
  const bool is_itself = own == "192.0.2.25";
  CAPTURE(own);
  World world = lesson_world(
      and_also(edits, {{"    users: {anna: violet-7}\n", "    users: {anna: violet-7}\n    address: 192.0.2.25\n"},
                       {"{25: relay, 110: pop3, 143: imap, 587: closed}", "{25: closed, 110: pop3, 143: imap}"}}));
  world.run();
  // Its own name is no way; the better one may be back later: the mail waits, and does not come back.
  CHECK(waiting(world) == (is_itself ? 2 : 0));
  CHECK_FALSE(noticed(world.trace(), alba, "notice/bounced"));
}

TEST_CASE("a domain whose only exchanger is this server, by an alias of it, is sent back (RFC 5321 §5.1)") {
  World world =
      lesson_world({{"    users: {anna: violet-7}\n", "    users: {anna: violet-7}\n    address: 192.0.2.25\n"},
                    {"        - {name: mx, type: A, value: 198.51.100.25}\n",
                     "        - {name: mx, type: CNAME, value: mail.alba.example}\n"}});
  world.run();
  CHECK(noticed(world.trace(), alba, "notice/bounced")->at(1).starts_with("554 5.4.6"));
}

TEST_CASE("a domain that no name server of the lesson has does not exist") {
  const std::string typo = GENERATE("bruno@lievant.example", "bruno@mx.llevant.exmaple");
  CAPTURE(typo);
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [" + typo + "]"}});
  world.run();
  CHECK(noticed(world.trace(), alba, "notice/bounced")->at(1).starts_with("550 5.1.2"));
}
