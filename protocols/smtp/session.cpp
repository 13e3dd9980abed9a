#include "protocols/smtp/session.hpp"

#include <array>

namespace mailscope::smtp {

namespace {

constexpr std::array<std::string_view, 9> names = {"connected", "ready",  "mail", "rcpt",   "data",
                                                   "chunks",    "closed", "auth", "greeted"};

constexpr Transition move(State from, std::string_view on, State to) { return {id(from), on, id(to)}; }

using enum State;

// One table; each kind of session sees a run of it: submission the first two parts, relay the second and third,
// relay with AUTH the last three.
constexpr std::array transitions = {
    // Submission: authentication comes before mail (RFC 6409 §4.3).
    move(Connected, "EHLO", Greeted), move(Connected, "HELO", Greeted), move(Greeted, "EHLO", Greeted),
    move(Greeted, "HELO", Greeted), move(Greeted, on_challenge, Auth), move(Greeted, on_auth_at_once, Ready),
    move(Auth, on_auth, Ready), move(Auth, on_auth_refused, Greeted), move(Greeted, "RSET", Greeted),
    move(Greeted, "QUIT", Closed), move(Greeted, "STARTTLS", Connected),
    // A piece of the content by its URL; the last ends it as the last chunk does (RFC 4468 §3.2).
    move(Rcpt, "BURL", Chunks), move(Chunks, "BURL", Chunks),
    // The mail transaction (RFC 5321 §3.3); EHLO, HELO and RSET abort it (§4.1.4, §4.1.1.5).
    move(Ready, "MAIL", Mail), move(Mail, "RCPT", Rcpt), move(Rcpt, "RCPT", Rcpt), move(Rcpt, "DATA", Data),
    move(Data, on_content, Ready), move(Connected, "RSET", Connected), move(Ready, "RSET", Ready),
    move(Mail, "RSET", Ready), move(Rcpt, "RSET", Ready), move(Ready, "EHLO", Ready), move(Mail, "EHLO", Ready),
    move(Rcpt, "EHLO", Ready), move(Ready, "HELO", Ready), move(Mail, "HELO", Ready), move(Rcpt, "HELO", Ready),
    move(Connected, "QUIT", Closed), move(Ready, "QUIT", Closed), move(Mail, "QUIT", Closed),
    move(Rcpt, "QUIT", Closed),
    // The content in chunks (RFC 3030 §2). A failed one ends the transaction: what was sent is discarded.
    move(Rcpt, "BDAT", Chunks), move(Chunks, "BDAT", Chunks), move(Rcpt, on_last_chunk, Ready),
    move(Chunks, on_last_chunk, Ready), move(Rcpt, on_chunk_refused, Ready), move(Chunks, on_chunk_refused, Ready),
    move(Chunks, "RSET", Ready), move(Chunks, "EHLO", Ready), move(Chunks, "HELO", Ready), move(Chunks, "QUIT", Closed),
    // The state after STARTTLS is that after the greeting (RFC 3207 §4.2).
    move(Ready, "STARTTLS", Connected),
    // Relay: anyone may send (RFC 5321 §3.1).
    move(Connected, "EHLO", Ready), move(Connected, "HELO", Ready),
    // Authentication without being asked for it.
    move(Ready, on_challenge, Auth), move(Ready, on_auth_at_once, Ready), move(Auth, on_auth, Ready),
    move(Auth, on_auth_refused, Ready)};

constexpr std::size_t submission_only = 13, common = 30, relay_only = 2;
static_assert(transitions[submission_only].on == "MAIL" && transitions[submission_only + common].on == "EHLO" &&
              transitions[submission_only + common + relay_only].on == on_challenge);

constexpr Machine machine(std::string_view name, Session session) {
  const std::span<const std::string_view> states(names);
  const std::span<const Transition> moves(transitions);
  if (session == Session::Submission) return {name, states, moves.first(submission_only + common)};
  if (session == Session::RelayWithAuth) return {name, states.first(8), moves.subspan(submission_only)};
  return {name, states.first(7), moves.subspan(submission_only, common + relay_only)};
}

template <std::size_t length>
constexpr std::array<Machine, 3> machines(const char (&name)[length]) {
  return {machine(name, Session::Relay), machine(name, Session::RelayWithAuth), machine(name, Session::Submission)};
}

constexpr auto server_machines = machines("SMTP server");
constexpr auto client_machines = machines("SMTP client");

}  // namespace

const Machine& server_machine(Session session) { return server_machines[static_cast<std::size_t>(session)]; }

const Machine& client_machine(Session session) { return client_machines[static_cast<std::size_t>(session)]; }

std::string reply_topic(std::string_view context, std::uint16_t code) {
  std::string topic = "smtp/reply/";
  if (!context.empty()) topic.append(context) += '/';
  return topic += std::to_string(code);
}

}  // namespace mailscope::smtp
