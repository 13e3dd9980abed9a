// The way through a response from the name that was asked for to its records, over aliases (RFC 1034 §3.6.2).
#pragma once

#include <string>
#include <vector>

#include "protocols/dns/message.hpp"

namespace mailscope::dns {

struct Chain {
  std::vector<ResourceRecord> aliases;  ///< CNAMEs in order; empty where the name is none
  std::string end;                      ///< the name that the last alias leads to; else the name itself
  std::vector<ResourceRecord> records;  ///< of `end`, of the type that was asked for
  bool loops{};                         ///< no end: longer than alias_chain_max
};

/// Records of other names are left out: a server may say them, but nobody has asked.
[[nodiscard]] Chain follow(const Question& question, const std::vector<ResourceRecord>& answers);
/// The SOA that a negative answer carries for `name` (RFC 2308 §3), or null.
[[nodiscard]] const ResourceRecord* authority_for(const Message& response, std::string_view name);

}  // namespace mailscope::dns
