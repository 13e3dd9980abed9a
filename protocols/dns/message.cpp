#include "protocols/dns/message.hpp"

#include <algorithm>

namespace mailscope::dns {

namespace {

std::string shown(std::string_view name) { return name.empty() ? "." : std::string(name); }

std::string data_text(const ResourceRecord& record) {
  if (const auto* mx = std::get_if<MxData>(&record.data))
    return std::to_string(mx->preference) + ' ' + shown(mx->exchange);
  if (const auto* srv = std::get_if<SrvData>(&record.data))
    return std::to_string(srv->priority) + ' ' + std::to_string(srv->weight) + ' ' + std::to_string(srv->port) + ' ' +
           shown(srv->target);
  if (const auto* soa = std::get_if<SoaData>(&record.data)) return soa->primary + ' ' + std::to_string(soa->serial);
  const std::string& text = *std::get_if<std::string>(&record.data);
  return record.type == Type::Txt ? '"' + text + '"' : text;
}

}  // namespace

std::string type_name(Type type) {
  switch (type) {
    case Type::A:
      return "A";
    case Type::Ns:
      return "NS";
    case Type::Cname:
      return "CNAME";
    case Type::Soa:
      return "SOA";
    case Type::Ptr:
      return "PTR";
    case Type::Mx:
      return "MX";
    case Type::Txt:
      return "TXT";
    case Type::Aaaa:
      return "AAAA";
    case Type::Srv:
      return "SRV";
  }
  return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

std::string outcome_name(const Message& message) {
  switch (message.rcode) {
    case Rcode::NoError:
      break;
    case Rcode::FormatError:
      return "FORMERR";
    case Rcode::ServerFailure:
      return "SERVFAIL";
    case Rcode::NameError:
      return "NXDOMAIN";
    case Rcode::NotImplemented:
      return "NOTIMP";
    case Rcode::Refused:
      return "REFUSED";
    case Rcode::BadVersion:
      return "BADVERS";
    default:
      return "RCODE" + std::to_string(static_cast<unsigned>(message.rcode));
  }
  const auto asked_for = [&](const ResourceRecord& record) {
    return std::any_of(message.questions.begin(), message.questions.end(), [&](const Question& question) {
      return question.type == record.type || question.type == any_type;
    });
  };
  return std::any_of(message.answers.begin(), message.answers.end(), asked_for) ? "NOERROR" : "NODATA";
}

std::string answer_topic(const Message& message) {
  const std::string type = message.questions.empty() ? "" : type_name(message.questions.front().type) + '/';
  return "dns/answer/" + type + outcome_name(message);
}

std::string summary(const Message& message) {
  const Question question = message.questions.empty() ? Question{} : message.questions.front();
  const std::string asked = message.questions.empty() ? "" : ' ' + shown(question.name);
  if (!message.response) return message.questions.empty() ? "no question" : type_name(question.type) + asked + '?';
  const std::string outcome = outcome_name(message);
  std::string text;
  const auto add = [&](const ResourceRecord& record) {
    if (!text.empty()) text += "; ";
    if (!same_name(record.name, question.name)) text += shown(record.name) + ' ';
    text += type_name(record.type) + ' ' + data_text(record);
  };
  for (const ResourceRecord& record : message.answers) add(record);
  if (outcome == "NODATA" && !message.questions.empty()) {
    text += (text.empty() ? "" : "; ") + ("no " + type_name(question.type)) + asked;
  } else if (outcome != "NOERROR") {
    text += (text.empty() ? "" : "; ") + outcome + asked;
  }
  for (const ResourceRecord& record : message.additionals) add(record);
  if (message.truncated) text += " (truncated)";
  return text;
}

}  // namespace mailscope::dns
