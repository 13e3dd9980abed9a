#include "protocols/dns/message.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/dns/name.hpp"
#include "tests/protocols/dns/samples.hpp"

using namespace mailscope::dns;

namespace {

std::string octets(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

/// A response header with these counts.
std::string header(int questions, int answers) { return octets({0, 7, 0x80, 0, 0, questions, 0, answers, 0, 0, 0, 0}); }

}  // namespace

TEST_CASE("a query has exactly the octets of RFC 1035 §4.1") {
  const std::string expected = octets({0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}) + octets({7}) + "llevant" + octets({7}) +
                               "example" + octets({0, 0, 15, 0, 1});
  CHECK(encode(query_for("llevant.example", Type::Mx)) == expected);
  CHECK(decode(expected) == query_for("llevant.example", Type::Mx));
}

TEST_CASE("names are written once and pointed to afterwards (RFC 1035 §4.1.4)") {
  Message message = query_for("llevant.example", Type::Mx);
  message.answers = {{"llevant.example", Type::Mx, 1, MxData{10, "mx.llevant.example"}}};
  const std::string expected = encode(query_for("llevant.example", Type::Mx)).replace(7, 1, octets({1})) +
                               octets({0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 1, 0, 7, 0, 10, 2}) + "mx" + octets({0xc0, 12});
  CHECK(encode(message) == expected);
}

TEST_CASE(
    "an SRV record's target is written whole, and read when another server compressed it (RFC 2782, RFC 3597 §4)") {
  Message message = query_for("llevant.example", Type::Srv);
  message.answers = {{"llevant.example", Type::Srv, 1, SrvData{1, 2, 3, "llevant.example"}}};
  const std::string whole = octets({0, 1, 0, 2, 0, 3, 7}) + "llevant" + octets({7}) + "example" + octets({0});
  std::string wire = encode(message);
  REQUIRE(wire.ends_with(octets({0, static_cast<int>(whole.size())}) + whole));
  wire.resize(wire.size() - whole.size() - 2);
  wire += octets({0, 8, 0, 1, 0, 2, 0, 3, 0xc0, 12});
  CHECK(decode(wire) == message);
}

TEST_CASE("what is encoded is decoded to the same message, and no part of it is a message (RFC 1035 §4.1)") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{301}));
  INFO("seed " << seed);
  const Message message = random_message(seed);
  const std::string wire = encode(message, 65'535);
  REQUIRE(decode(wire) == message);
  for (std::size_t length = 0; length < wire.size(); ++length) REQUIRE_FALSE(decode(wire.substr(0, length)));
  REQUIRE_FALSE(decode(wire + 'x'));
}

TEST_CASE("changed octets are refused or decoded, and what was decoded can be encoded again") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{101}));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::string original = encode(random_message(seed), 65'535);
  for (int round = 0; round < 200; ++round) {
    std::string wire = original;
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes)
      wire[random() % wire.size()] = static_cast<char>(random());
    const std::optional<Message> message = decode(wire);
    if (!message) continue;
    CHECK_FALSE(summary(*message).empty());
    REQUIRE(decode(encode(*message, 1 << 20)) == message);
  }
}

TEST_CASE("pointers that lead forward, to themselves, in a circle or into the header are refused (RFC 1035 §4.1.4)") {
  const auto question_with = [](const std::string& name) { return header(1, 0) + name + octets({0, 1, 0, 1}); };
  CHECK(decode(question_with(octets({1, 'a', 0}))));
  CHECK_FALSE(decode(question_with(octets({0xc0, 12}))));
  CHECK_FALSE(decode(question_with(octets({0xc0, 14}))));
  CHECK_FALSE(decode(question_with(octets({1, 'a', 0xc0, 12}))));
  CHECK_FALSE(decode(question_with(octets({0xc0, 4}))));
  CHECK_FALSE(decode(question_with(octets({0x41, 'a', 0}))));
  CHECK_FALSE(decode(question_with(octets({0x81, 'a', 0}))));
  // Two names that point at each other.
  CHECK_FALSE(decode(header(2, 0) + octets({1, 'a', 0xc0, 20, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1})));
}

TEST_CASE("labels hold 63 octets and names 255 (RFC 1035 §2.3.4)") {
  const std::string label(63, 'a');
  CHECK(valid_name(label));
  CHECK_FALSE(valid_name(label + 'a'));
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'a');
  CHECK(valid_name(longest));
  CHECK_FALSE(valid_name(longest + 'a'));
  CHECK(valid_name(""));
  for (const char* wrong : {".", "a.", ".a", "a..b", "a\\", "a\\25", "a\\256", "a\\2x5"})
    CHECK_FALSE(valid_name(wrong));
  // The same limit on the wire: 255 octets pass, and one more does not.
  CHECK(decode(encode(query_for(longest, Type::A))) == query_for(longest, Type::A));
  std::string wire = encode(query_for(longest, Type::A));
  const std::size_t last_label = 12 + 3 * 64;
  wire[last_label] = 62;
  wire.insert(last_label + 1, "b");
  CHECK_FALSE(decode(wire));
}

TEST_CASE("a name that compression makes long is refused all the same (RFC 1035 §2.3.4)") {
  // Each question's name is a label of 63 octets and a pointer to the name before: the fourth would have 257 octets.
  std::string wire = header(5, 0);
  std::size_t before = 0;
  for (int question = 0; question < 5; ++question) {
    const std::size_t begin = wire.size();
    wire += static_cast<char>(63) + std::string(63, 'a');
    wire +=
        question == 0 ? octets({0}) : octets({0xc0 | static_cast<int>(before >> 8), static_cast<int>(before & 0xff)});
    wire += octets({0, 1, 0, 1});
    before = begin;
    wire[5] = static_cast<char>(question + 1);
    CHECK(decode(wire).has_value() == (question < 3));
  }
}

TEST_CASE("a message holds at most entries_max entries") {
  Message message;
  message.questions.assign(entries_max, {"a", Type::A});
  CHECK(decode(encode(message, 65'535)) == message);
  message.questions.push_back({"a", Type::A});
  CHECK_FALSE(decode(encode(message, 65'535)));
}

TEST_CASE("records of unknown types and classes are skipped (RFC 3597 §5), data of a wrong length is refused") {
  const std::string record_a = octets({0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1});
  const std::string unknown = octets({0, 0, 99, 4, 0xd0, 0, 0, 0, 0, 0, 2, 1, 2});
  const auto message = decode(header(0, 2) + unknown + record_a);
  REQUIRE(message);
  CHECK(message->answers == std::vector<ResourceRecord>{{"", Type::A, 9, "192.0.2.1"}});
  CHECK_FALSE(decode(header(0, 1) + octets({0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 5, 192, 0, 2, 1, 1})));
  CHECK_FALSE(decode(header(0, 1) + octets({0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 192, 0, 2})));
  CHECK_FALSE(decode(header(0, 1) + octets({0, 0, 15, 0, 1, 0, 0, 0, 9, 0, 4, 0, 10, 0, 0})));
  CHECK_FALSE(decode(header(0, 1) + octets({0, 0, 16, 0, 1, 0, 0, 0, 9, 0, 0})));
}

TEST_CASE("what does not fit is left out; TC is set when it was asked for, not for additionals (RFC 2181 §9)") {
  Message message = query_for("llevant.example", Type::Mx);
  message.response = true;
  for (int number = 0; number < 40; ++number)
    message.answers.push_back({"llevant.example", Type::Mx, 1, MxData{1, "mx" + std::to_string(number) + ".example"}});
  const std::string wire = encode(message);
  CHECK(wire.size() <= 512);
  const auto cut = decode(wire);
  REQUIRE(cut);
  CHECK(cut->truncated);
  CHECK(cut->answers.size() > 10);
  CHECK(cut->answers.size() < 40);
  message.answers.swap(message.additionals);
  const auto without = decode(encode(message));
  REQUIRE(without);
  CHECK_FALSE(without->truncated);
  CHECK(without->additionals.size() == cut->answers.size());
  for (std::size_t limit = 12; limit <= wire.size(); ++limit) REQUIRE(decode(encode(message, limit)));
}

TEST_CASE("an entry without a wire form is left out, the others stay") {
  Message message;
  message.questions = {{std::string(64, 'a'), Type::A}, {"a", Type::A}};
  message.answers = {{"a", Type::A, 1, "192.0.2.256"},        {"a", Type::Mx, 1, "text"},
                     {"a", Type::A, 1, MxData{1, "b"}},       {"a", Type::Cname, 1, "a..b"},
                     {"a", static_cast<Type>(99), 1, "text"}, {"a", Type::A, 1, "192.0.2.1"}};
  const auto read = decode(encode(message));
  REQUIRE(read);
  CHECK(read->questions == std::vector<Question>{{"a", Type::A}});
  CHECK(read->answers == std::vector{message.answers.back()});
  CHECK_FALSE(read->truncated);
}

TEST_CASE("a TXT record longer than 255 octets is several character strings (RFC 1035 §3.3.14)") {
  for (const std::size_t length : {0u, 1u, 255u, 256u, 510u, 511u}) {
    Message message;
    message.answers = {{"a", Type::Txt, 1, std::string(length, 'x')}};
    const std::string wire = encode(message, 2'000);
    CHECK(wire.size() == 12 + 3 + 10 + length + std::max<std::size_t>(1, (length + 254) / 255));
    CHECK(decode(wire) == message);
  }
}

TEST_CASE("names are equal whatever the case of their ASCII letters (RFC 1035 §2.3.3), and know their ancestors") {
  CHECK(same_name("MX.Llevant.Example", "mx.llevant.example"));
  CHECK_FALSE(same_name("mx.llevant.example", "mx.llevant.exampl"));
  CHECK(is_within("mx.llevant.example", "LLEVANT.example"));
  CHECK(is_within("llevant.example", "llevant.example"));
  CHECK(is_within("llevant.example", ""));
  CHECK_FALSE(is_within("elllevant.example", "llevant.example"));
  CHECK_FALSE(is_within("example", "llevant.example"));
  CHECK(parent("a\\.b.c") == "c");
  CHECK(labels_of("a\\.b.\\099") == std::vector<std::string>{"a.b", "c"});
  CHECK(text_of({"a.b", "c d", std::string("\0\xff", 2)}) == "a\\.b.c\\032d.\\000\\255");
}

TEST_CASE("addresses are read strictly and written in one form (RFC 5952 §4)") {
  CHECK(ipv4_octets("192.0.2.1") == octets({192, 0, 2, 1}));
  for (const char* wrong : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1..3.4", "1.2.3.4 ", "a.b.c.d"})
    CHECK_FALSE(ipv4_octets(wrong));
  const auto rewritten = [](std::string text) {
    Message message;
    message.answers = {{"a", Type::Aaaa, 1, text}};
    const auto read = decode(encode(message));
    return read && !read->answers.empty() ? std::get<std::string>(read->answers[0].data) : "none";
  };
  CHECK(rewritten("2001:DB8:0:0:0:0:0:25") == "2001:db8::25");
  CHECK(rewritten("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");     // §4.2.3: the first of equal runs
  CHECK(rewritten("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // §4.2.2: not for one group
  CHECK(rewritten("0:0:0:0:0:0:0:0") == "::");
  CHECK(rewritten("1::") == "1::");
  CHECK(rewritten("::1") == "::1");
  for (const char* wrong : {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7::8",
                            "12345::", "g::", "1:", ":1", "::1:"})
    CHECK(rewritten(wrong) == "none");
}

TEST_CASE("a summary says in one line what a message asks or answers") {
  CHECK(summary(query_for("llevant.example", Type::Mx)) == "MX llevant.example?");
  const auto zones = sample_zones();
  const auto answered = [&](const char* name, Type type) { return summary(answer(zones, query_for(name, type))); };
  CHECK(answered("llevant.example", Type::Mx) ==
        "MX 10 mx.llevant.example; MX 20 backup.other.example; mx.llevant.example A 198.51.100.25; mx.llevant.example "
        "AAAA 2001:db8::25");
  CHECK(answered("none.llevant.example", Type::Mx) == "NXDOMAIN none.llevant.example");
  CHECK(answered("mx.llevant.example", Type::Mx) == "no MX mx.llevant.example");
  CHECK(answered("www.llevant.example", Type::A) == "CNAME mx.llevant.example; mx.llevant.example A 198.51.100.25");
  CHECK(answered("other.example", Type::A) == "REFUSED other.example");
  CHECK(answered("llevant.example", Type::Txt) == "TXT \"v=spf1 mx -all\"");
  CHECK(type_name(static_cast<Type>(99)) == "TYPE99");
  Message failure;
  failure.response = true;
  failure.rcode = Rcode::FormatError;
  CHECK(summary(failure) == "FORMERR");
}

TEST_CASE("OPT has the octets of RFC 6891 §6.1.2, and stands once, among the additionals, under the root") {
  Message query;
  query.edns = Edns{1232, 0, true};
  const std::string opt("\0\0\x29\x04\xd0\0\0\x80\0\0\0", 11);
  const std::string header("\0\0\0\0\0\0\0\0\0\0\0\1", 12);
  CHECK(encode(query) == header + opt);
  CHECK(decode(header + opt) == query);

  std::string twice = header;
  twice[11] = 2;
  CHECK_FALSE(decode(twice + opt + opt));
  std::string elsewhere = header;
  std::swap(elsewhere[9], elsewhere[11]);
  CHECK_FALSE(decode(elsewhere + opt));
  CHECK_FALSE(decode(header + std::string("\1x", 2) + opt));

  std::string with_options = opt;
  with_options.replace(9, 2, std::string("\0\x0a", 2));
  CHECK(decode(header + with_options + std::string("\0\x0a\0\2ab\0\3\0\0", 10)) == query);
  CHECK_FALSE(decode(header + with_options + std::string("\0\x0a\0\7ab\0\3\0\0", 10)));  // longer than the record
}

TEST_CASE("OPT has room in a datagram that is truncated") {
  Message response;
  response.response = true;
  response.edns = Edns{1232};
  for (int i = 0; i < 60; ++i) response.answers.push_back({"llevant.example", Type::A, 60, "192.0.2.1"});
  const std::string octets = encode(response);
  CHECK(octets.size() <= datagram_octets_max);
  CHECK(decode(octets)->truncated);
  CHECK(decode(octets)->edns == response.edns);
}
