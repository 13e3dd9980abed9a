#include "protocols/smtp/submission.hpp"

#include "protocols/message/date.hpp"
#include "protocols/smtp/header_scan.hpp"

namespace mailscope::smtp {

std::string missing_fields(std::string_view content, const Completion& completion) {
  const auto has = [&](std::string_view name) { return count_fields(content, name) > 0; };
  const auto address = "<" + std::string(completion.reverse_path) + ">";
  const bool sender_known = !completion.reverse_path.empty();
  std::string fields;
  if (!has("Date")) fields += "Date: " + message::date(completion.now) + "\r\n";                     // §8.2
  if (!has("Message-ID")) fields += "Message-ID: <" + std::string(completion.message_id) + ">\r\n";  // §8.3
  if (!has("From") && sender_known) fields += "From: " + address + "\r\n";
  const bool from_other =
      has("From") && first_line_of(content, "From").find(completion.reverse_path) == std::string_view::npos;
  if (completion.adds_sender && sender_known && from_other && !has("Sender"))  // §8.1
    fields += "Sender: " + address + "\r\n";
  if (!fields.empty() && !begins_with_field(content) && !content.starts_with("\r\n")) fields += "\r\n";
  return fields;
}

}  // namespace mailscope::smtp
