#include "protocols/dns/carrier.hpp"

namespace mailscope::dns {

namespace {

constexpr std::size_t length_octets = 2;  // RFC 1035 §4.2.2

}  // namespace

std::string framed(std::string message, Carrier carrier) {
  if (carrier == Carrier::Stream)
    message.insert(0, {static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)});
  return message;
}

void Inbox::receive(std::string_view octets) {
  if (carrier_ == Carrier::Stream) {
    stream_ += octets;
  } else if (datagrams_.size() < waiting_max_) {
    datagrams_.emplace_back(octets);
  }
}

std::optional<Inbox::Received> Inbox::take() {
  Received next;
  std::size_t octets = 0;
  if (carrier_ == Carrier::Datagram) {
    if (datagrams_.empty()) return std::nullopt;
    next.message = std::move(datagrams_.front());
    datagrams_.pop_front();
    octets = next.message.size();
  } else {
    if (stream_.size() < length_octets) return std::nullopt;
    const auto octet = [this](std::size_t at) { return static_cast<unsigned char>(stream_[at]); };
    octets = length_octets + static_cast<std::size_t>(octet(0) << 8 | octet(1));
    if (stream_.size() < octets) return std::nullopt;
    next.message = stream_.substr(length_octets, octets - length_octets);
    stream_.erase(0, octets);
  }
  next.bytes = {taken_, taken_ + octets};
  taken_ = next.bytes.end;
  return next;
}

}  // namespace mailscope::dns
