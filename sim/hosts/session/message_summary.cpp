#include "sim/hosts/session/message_summary.hpp"

#include "protocols/message/message.hpp"

namespace mailscope {

MessageSummary summarise(std::uint64_t id, std::string_view header, std::uint64_t octets,
                         const std::set<std::string>& flags, bool body_present) {
  return {id,
          message::decoded_field(header, "From").value_or(""),
          message::decoded_field(header, "Subject").value_or(""),
          octets,
          {flags.begin(), flags.end()},
          body_present};
}

}  // namespace mailscope
