#include "protocols/dns/lookup.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/dns/chain.hpp"
#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

Lookup::Lookup(Question question, std::size_t servers, Cache* cache, bool edns)
    : asked_(std::move(question)), question_(asked_), is_out_(servers), is_plain_(servers, !edns), cache_(cache) {}

Lookup::Next Lookup::begin(Instant now) {
  // RFC 1035 §2.3.4: nobody need be asked for what can be no name.
  if (!valid_name(asked_.name)) {
    Done none = done(Rcode::NameError);
    none.answered = true;
    return none;
  }
  if (cache_)
    for (std::size_t i = 0; i < is_plain_.size(); ++i) is_plain_[i] = is_plain_[i] || cache_->is_plain(now, i);
  return resolve(now, Why::First);
}

Lookup::Next Lookup::resolve(Instant now, Why why) {
  if (const auto found = cache_ ? cache_->find(now, question_) : std::nullopt) {
    aliases_.insert(aliases_.end(), found->response.answers.begin(), found->response.answers.end());
    if (found->kind != Cache::Found::Kind::Alias) {
      Done end = done(found->response.rcode);
      end.answered = true;
      end.response.authorities = found->response.authorities;
      if (!has_asked_) end.cached_for = found->left;
      return end;
    }
    question_.name = std::get<std::string>(aliases_.back().data);
    why = Why::Alias;
  }
  if (aliases_.size() > static_cast<std::size_t>(alias_chain_max)) return fail(now);
  server_ = round_ = 0;
  carrier_ = Carrier::Datagram;
  if (is_out_.empty()) return fail(now);
  if (is_out_[server_]) return next_server(now);
  has_asked_ = true;
  return ask(why);
}

Lookup::Next Lookup::ask(Why why) const {
  std::vector<Duration> until{stream_wait};
  if (carrier_ == Carrier::Datagram && is_out_.size() == 1)
    until.assign(std::begin(waits), std::end(waits));
  else if (carrier_ == Carrier::Datagram)
    until = {waits[round_]};  // NOLINT: round_ is below their number
  // In the last round without: what does not know OPT on the way may be why nothing has come.
  const bool last_of_several = is_out_.size() > 1 && carrier_ == Carrier::Datagram && round_ + 1 == std::size(waits);
  return Ask{server_, question_, carrier_, std::move(until), why, !is_plain_[server_] && !last_of_several};
}

Lookup::Next Lookup::told(Instant now, const std::optional<Message>& answer) {
  const bool fell_back = std::exchange(fell_back_, false);
  if (!answer) {
    // RFC 7766 §5: a server that truncates and takes no streams is of no use.
    if (carrier_ == Carrier::Stream || is_out_.size() == 1) is_out_[server_] = true;
    return next_server(now);
  }
  const bool not_understood = answer->rcode == Rcode::FormatError || answer->rcode == Rcode::NotImplemented;
  if (fell_back && !not_understood && cache_) cache_->store_plain(now, server_);
  if (answer->truncated && carrier_ == Carrier::Datagram) {
    carrier_ = Carrier::Stream;
    return ask(Why::Truncated);
  }
  if (not_understood && !answer->edns && !is_plain_[server_]) {
    is_plain_[server_] = fell_back_ = true;
    return ask(Why::PlainDns);
  }
  if (answer->truncated || (answer->rcode != Rcode::NoError && answer->rcode != Rcode::NameError)) {
    error_ = *answer;
    is_out_[server_] = true;
    return next_server(now);
  }
  return take(now, *answer);
}

/// Round after round, as long as there is one left that may still answer.
Lookup::Next Lookup::next_server(Instant now) {
  carrier_ = Carrier::Datagram;
  while (true) {
    if (++server_ == is_out_.size()) {
      server_ = 0;
      if (++round_ == std::size(waits) || std::ranges::find(is_out_, false) == is_out_.end()) return fail(now);
    }
    if (!is_out_[server_]) return ask(Why::NextServer);
  }
}

Lookup::Next Lookup::take(Instant now, const Message& answer) {
  if (cache_) cache_->store(now, question_, answer);
  const Chain chain = follow(question_, answer.answers);
  aliases_.insert(aliases_.end(), chain.aliases.begin(), chain.aliases.end());
  if (chain.loops) return fail(now);
  const ResourceRecord* soa = authority_for(answer, chain.end);
  // The server knows nothing of where its alias leads: that is another server's matter (RFC 1034 §5.3.3 step 4c).
  if (!chain.aliases.empty() && chain.records.empty() && !soa && answer.rcode == Rcode::NoError) {
    question_.name = chain.end;
    return resolve(now, Why::Alias);
  }
  Done end = done(answer.rcode);
  end.answered = true;
  end.response.answers.insert(end.response.answers.end(), chain.records.begin(), chain.records.end());
  if (soa && chain.records.empty()) end.response.authorities = {*soa};
  return end;
}

Lookup::Next Lookup::fail(Instant now) {
  if (cache_) cache_->store_failure(now, question_);
  Done end = done(error_ ? error_->rcode : Rcode::ServerFailure);
  end.answered = error_.has_value();
  return end;
}

Lookup::Done Lookup::done(Rcode rcode) const {
  Done end;
  end.response.response = true;
  end.response.questions = {asked_};
  end.response.rcode = rcode;
  end.response.answers = aliases_;
  return end;
}

}  // namespace mailscope::dns
