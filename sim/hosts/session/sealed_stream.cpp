#include "sim/hosts/session/sealed_stream.hpp"

namespace mailscope {

LineSpoken line_of(ConnectionId connection, Side side, StateId state, const tls::Message& message) {
  LineSpoken line{connection,
                  side,
                  {message.direction, message.wire, state, state, message.text, message.topic, message.is_error},
                  {}};
  if (message.encrypted) line.sealed = message.wire;
  return line;
}

std::string notice_topic(tls::CertificateFault fault) {
  switch (fault) {
    case tls::CertificateFault::WrongName:
      return "notice/certificate-wrong-name";
    case tls::CertificateFault::Expired:
    case tls::CertificateFault::NotYetValid:
      return "notice/certificate-expired";
    case tls::CertificateFault::Untrusted:
      return "notice/certificate-untrusted";
    case tls::CertificateFault::Other:
    case tls::CertificateFault::None:
      break;
  }
  return "notice/certificate-refused";
}

}  // namespace mailscope
