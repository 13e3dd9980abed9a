// Every key that a lesson may hold, in one table: the reader walks files against it, and scenario.schema.json is held
// against it by a test. Limits of a lesson stand here too, each with its reason.
#pragma once

#include <cstdint>

#include "protocols/core/time.hpp"
#include "sim/scenario/read/map_reader.hpp"

namespace mailscope {

namespace shapes {
extern const Shape lesson, text, device, mail_server, real_server, rate, list, dns_server, account, outgoing, incoming,
    leave, port, record, link, outage, action, send, deliver_by, extensions, message, move, note, reply, search, step,
    said_moment, action_moment, said, mailbox_holds, queue_holds, dns_fault, look_up, smuggle, edit;
}  // namespace shapes

/// All of the above.
[[nodiscard]] std::span<const Shape* const> all_shapes();

namespace limits {
inline constexpr std::size_t hosts = 64;     ///< more cards than these fit no stage; each gets an address of one /24
inline constexpr std::size_t links = 256;    ///< four for each host
inline constexpr std::size_t actions = 200;  ///< an hour of lesson
inline constexpr std::size_t steps = 200;    ///< the same
inline constexpr std::size_t expectations = 50;             ///< of one step: a reader must take them in
inline constexpr std::size_t domains = 50;                  ///< of one server
inline constexpr std::size_t users = 200;                   ///< of one server: a class with its teachers
inline constexpr std::size_t aliases = 100;                 ///< of one server, and lists: more names than users need
inline constexpr std::size_t retries = 20;                  ///< waits of a queue before the last one repeats
inline constexpr std::size_t relay_for = 64;                ///< as many as hosts
inline constexpr std::uint64_t octets_min = 1'000;          ///< of a message or mailbox: less holds no header
inline constexpr std::uint64_t octets_max = 1'000'000'000;  ///< the same: more than a simulation should keep in memory
inline constexpr std::uint64_t rate = 1'000'000;            ///< messages of one client in a span
inline constexpr std::size_t ports = 32;                    ///< of one host: doors drawn on a card
inline constexpr std::size_t zones = 50;                    ///< of one server
inline constexpr std::size_t records = 500;                 ///< of one zone
inline constexpr std::size_t resolvers = 3;                 ///< that one host asks: what systems take (MAXNS)
inline constexpr std::size_t dns_faults = 50;               ///< of one server: as many as zones
inline constexpr std::uint64_t dns_fault_times = 1'000;     ///< questions that one fault meets
inline constexpr std::size_t recipients = 100;        ///< RFC 5321 §4.5.3.1.8: the number that every server takes
inline constexpr std::size_t name_octets = 255;       ///< labels, names, passwords; RFC 1035 §2.3.4 for host names
inline constexpr std::size_t txt_octets = 4'000;      ///< of a TXT record: as much as EDNS lets one answer hold
inline constexpr std::size_t path_octets = 4'096;     ///< of a file's name: what systems take (PATH_MAX)
inline constexpr std::size_t label_octets = 63;       ///< RFC 1035 §2.3.4
inline constexpr std::size_t local_part_octets = 64;  ///< RFC 5321 §4.5.3.1.1
inline constexpr std::size_t subject_octets =
    900;  ///< "Subject: " and an encoded word stay within 998 (RFC 5322 §2.1.1)
inline constexpr std::size_t message_octets = 100'000;  ///< of a message's text: 70 packets, which is plenty to watch
inline constexpr std::size_t text_octets = 8'192;       ///< of a lesson's text: two screens
inline constexpr std::size_t place = 63;                ///< columns and rows of the stage
inline constexpr std::size_t envelope_id_octets = 33;  ///< 100 as xtext (RFC 3461 §4.4), where each octet may be three
inline constexpr std::uint64_t minutes = 600;
inline constexpr std::uint64_t messages = 1'000'000;             ///< expected in a mailbox
inline constexpr std::size_t outages = 20;                       ///< of one link: more than a lesson has time to show
inline constexpr Duration latency = std::chrono::minutes(1);     ///< to Mars it is more, but no TCP opens then
inline constexpr std::size_t accounts = 8;                       ///< of one device: more than a card has room for
inline constexpr std::uint32_t leave_days = 30;                  ///< no lesson lasts longer
inline constexpr Duration wait = std::chrono::hours(24 * 30);    ///< World::span_max
inline constexpr std::uint64_t bandwidth_min = 100;              ///< bit/s: one telegraphist
inline constexpr std::uint64_t bandwidth_max = 100'000'000'000;  ///< bit/s: today's fastest port
}  // namespace limits

}  // namespace mailscope
