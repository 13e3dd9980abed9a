#include "sim/scenario/read/scenario_keys.hpp"

#include <array>

#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

constexpr bool required = true, optional = false;

constexpr Key lesson_keys[] = {{"mailscope", required}, {"title", required},   {"summary", required},
                               {"level", required},     {"minutes", required}, {"start", required},
                               {"seed", optional},      {"hosts", required},   {"links", required},
                               {"actions", required},   {"steps", required}};
constexpr Key text_keys[] = {{"en", required}, {"ca", optional}, {"es", optional}, {"it", optional}};
constexpr Key device_keys[] = {{"kind", required},     {"label", optional},     {"address", optional},
                               {"place", optional},    {"account", optional},   {"accounts", optional},
                               {"resolver", optional}, {"dns-cache", optional}, {"edns", optional}};
constexpr Key mail_server_keys[] = {{"kind", required},
                                    {"label", optional},
                                    {"address", optional},
                                    {"place", optional},
                                    {"domains", optional},
                                    {"users", optional},
                                    {"resolver", optional},
                                    {"dns-cache", optional},
                                    {"ports", optional},
                                    {"plaintext-login", optional},
                                    {"starttls", optional},
                                    {"apop", optional},
                                    {"certificate", optional},
                                    {"tls-version", optional},
                                    {"relay-security", optional},
                                    {"mechanisms", optional},
                                    {"retry", optional},
                                    {"give-up-after", optional},
                                    {"warn-after", optional},
                                    {"relay-for", optional},
                                    {"relay-domains", optional},
                                    {"greylist", optional},
                                    {"rate", optional},
                                    {"message-size", optional},
                                    {"verify-recipients", optional},
                                    {"aliases", optional},
                                    {"lists", optional},
                                    {"quota", optional},
                                    {"over-quota", optional},
                                    {"suppress-duplicates", optional},
                                    {"deliver-by-min", optional},
                                    {"hold-max", optional},
                                    {"edns", optional},
                                    {"extensions", optional},
                                    {"bare-line-ends", optional},
                                    {"strict", optional},
                                    {"utf8", optional},
                                    {"vrfy", optional},
                                    {"expn", optional}};
constexpr Key real_server_keys[] = {{"kind", required},  {"label", optional}, {"address", optional},
                                    {"place", optional}, {"real", required},  {"trust", optional}};
constexpr Key extensions_keys[] = {{"without", required}};
constexpr Key rate_keys[] = {{"messages", required}, {"per", required}};
constexpr Key list_keys[] = {{"owner", required}, {"members", required}};
constexpr Key dns_server_keys[] = {{"kind", required},      {"label", optional},   {"address", optional},
                                   {"place", optional},     {"zones", optional},   {"ports", optional},
                                   {"tcp", optional},       {"faults", optional},  {"forward", optional},
                                   {"dns-cache", optional}, {"reverse", optional}, {"edns", optional}};
constexpr Key dns_fault_keys[] = {{"fault", required}, {"name", optional}, {"type", optional}, {"times", optional}};
constexpr Key look_up_keys[] = {{"name", required}, {"type", required}};
constexpr Key account_keys[] = {{"address", required},   {"name", optional},     {"user", optional},
                                {"password", optional},  {"outgoing", optional}, {"incoming", optional},
                                {"mechanism", optional}, {"receipts", optional}, {"liberal", optional}};
constexpr Key outgoing_keys[] = {{"server", optional},
                                 {"port", optional},
                                 {"authenticate", optional},
                                 {"security", optional},
                                 {"by-reference", optional}};
constexpr Key incoming_keys[] = {{"protocol", required},        {"server", optional},   {"port", optional},
                                 {"leave-on-server", optional}, {"security", optional}, {"check", optional},
                                 {"compress", optional},        {"notes", optional}};
constexpr Key leave_keys[] = {{"days", required}};
constexpr Key port_keys[] = {{"service", required}, {"policy", optional}};
constexpr Key record_keys[] = {{"name", required},       {"type", required}, {"value", required},
                               {"preference", optional}, {"ttl", optional},  {"priority", optional},
                               {"weight", optional},     {"port", optional}, {"minimum", optional}};
constexpr Key link_keys[] = {{"between", required},        {"latency", optional}, {"bandwidth", optional},
                             {"strip-starttls", optional}, {"loss", optional},    {"jitter", optional},
                             {"duplicate", optional},      {"reorder", optional}, {"down", optional}};
constexpr Key outage_keys[] = {{"from", required}, {"until", required}};
constexpr Key action_keys[] = {{"who", required},           {"at", optional},          {"pause", optional},
                               {"account", optional},       {"send", optional},        {"check-mail", optional},
                               {"read", optional},          {"reply", optional},       {"delete", optional},
                               {"move", optional},          {"flag", optional},        {"unflag", optional},
                               {"mark-read", optional},     {"mark-unread", optional}, {"search", optional},
                               {"empty-trash", optional},   {"go-offline", optional},  {"go-online", optional},
                               {"crash", optional},         {"restart", optional},     {"look-up", optional},
                               {"ask-for-queue", optional}, {"note", optional},        {"edit", optional}};
constexpr Key message_keys[] = {{"subject", required}, {"in", optional}};
constexpr Key move_keys[] = {{"subject", required}, {"to", required}, {"in", optional}};
constexpr Key note_keys[] = {{"subject", required}, {"text", required}, {"in", optional}};
constexpr Key reply_keys[] = {{"subject", required}, {"text", required}, {"in", optional}};
constexpr Key search_keys[] = {{"text", required}, {"in", optional}};
constexpr Key send_keys[] = {{"to", required},         {"subject", required},     {"text", required},
                             {"notify", optional},     {"return", optional},      {"envelope-id", optional},
                             {"deliver-by", optional}, {"hold-for", optional},    {"hold-until", optional},
                             {"priority", optional},   {"require-tls", optional}, {"smuggle", optional},
                             {"receipt", optional}};
constexpr Key edit_keys[] = {{"subject", required}, {"to", optional}, {"new-subject", optional}, {"text", optional}};
constexpr Key smuggle_keys[] = {{"from", required}, {"to", required}, {"subject", required}, {"text", required}};
constexpr Key deliver_by_keys[] = {{"within", required}, {"late", optional}, {"trace", optional}};
constexpr Key step_keys[] = {{"title", required}, {"when", required}, {"text", required}, {"expect", optional}};
constexpr Key said_keys[] = {{"host", required}, {"says", required}};
constexpr Key action_moment_keys[] = {{"action", required}};
constexpr Key mailbox_holds_keys[] = {{"mailbox", required}, {"of", required}, {"holds", optional}, {"seen", optional}};
constexpr Key queue_holds_keys[] = {{"queue", required}, {"holds", required}};

}  // namespace

namespace shapes {
const Shape lesson{"lesson", [] { return tr("a lesson"); }, lesson_keys};
const Shape text{"translations", [] { return tr("a text's map of languages"); }, text_keys};
const Shape device{"device", [] { return tr("a laptop or phone"); }, device_keys};
const Shape mail_server{"mail-server", [] { return tr("a mail server"); }, mail_server_keys};
const Shape real_server{"real-server", [] { return tr("a real server"); }, real_server_keys};
const Shape extensions{"extensions", [] { return tr("all extensions but some"); }, extensions_keys};
const Shape rate{"rate", [] { return tr("a rate of messages"); }, rate_keys};
const Shape list{"list", [] { return tr("a mailing list"); }, list_keys};
const Shape dns_server{"dns-server", [] { return tr("a DNS server"); }, dns_server_keys};
const Shape dns_fault{"dns-fault", [] { return tr("a fault of a DNS server"); }, dns_fault_keys};
const Shape look_up{"look-up", [] { return tr("a name to look up"); }, look_up_keys};
const Shape account{"account", [] { return tr("a mail account"); }, account_keys};
const Shape outgoing{"outgoing", [] { return tr("an account's outgoing server"); }, outgoing_keys};
const Shape leave{"leave", [] { return tr("how long mail is left on the server"); }, leave_keys};
const Shape incoming{"incoming", [] { return tr("an account's incoming server"); }, incoming_keys};
const Shape port{"port", [] { return tr("a port's setting"); }, port_keys};
const Shape record{"record", [] { return tr("a DNS record"); }, record_keys};
const Shape link{"link", [] { return tr("a link"); }, link_keys};
const Shape outage{"outage", [] { return tr("a span in which a link is down"); }, outage_keys};
const Shape action{"action", [] { return tr("an action"); }, action_keys};
const Shape message{"message", [] { return tr("a message of a mailbox"); }, message_keys};
const Shape move{"move", [] { return tr("a message to move"); }, move_keys};
const Shape note{"note", [] { return tr("a note on a message"); }, note_keys};
const Shape reply{"reply", [] { return tr("a reply to a message"); }, reply_keys};
const Shape search{"search", [] { return tr("a search"); }, search_keys};
const Shape send{"send", [] { return tr("a message to send"); }, send_keys};
const Shape edit{"edit", [] { return tr("a change of a letter in the Outbox"); }, edit_keys};
const Shape smuggle{"smuggle", [] { return tr("a message hidden in another"); }, smuggle_keys};
const Shape deliver_by{"deliver-by", [] { return tr("how long a message may take"); }, deliver_by_keys};
const Shape step{"step", [] { return tr("a step"); }, step_keys};
const Shape said_moment{"said-moment", [] { return tr("the moment when a host says something"); }, said_keys};
const Shape action_moment{"action-moment", [] { return tr("the moment when an action begins"); }, action_moment_keys};
const Shape said{"said", [] { return tr("the expectation that a host says something"); }, said_keys};
const Shape mailbox_holds{"mailbox-holds", [] { return tr("the expectation that a mailbox holds messages"); },
                          mailbox_holds_keys};
const Shape queue_holds{"queue-holds", [] { return tr("the expectation that a queue holds messages"); },
                        queue_holds_keys};
}  // namespace shapes

std::span<const Shape* const> all_shapes() {
  using namespace shapes;
  static constexpr std::array all{
      &real_server,   &extensions,  &deliver_by, &lesson,   &text,    &device, &mail_server, &rate,          &list,
      &dns_server,    &account,     &outgoing,   &incoming, &port,    &record, &link,        &outage,        &action,
      &send,          &message,     &move,       &reply,    &search,  &step,   &said_moment, &action_moment, &said,
      &mailbox_holds, &queue_holds, &dns_fault,  &look_up,  &smuggle, &note,   &edit};
  return all;
}

}  // namespace mailscope
