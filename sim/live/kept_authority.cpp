#include "sim/live/kept_authority.hpp"

#include <chrono>
#include <stdexcept>

#include "protocols/tls/pem.hpp"
#include "sim/live/files.hpp"
#include "sim/words/translate.hpp"

namespace mailscope::live {

namespace {

constexpr auto day = std::chrono::hours(24);
/// A certificate authority's usual span; a day back, because clocks differ.
tls::Validity validity_from(Instant now) { return {now - day, now + 10 * 365 * day}; }

tls::Identity read_or_make(const tls::Library& library, const std::filesystem::path& file, Instant now) {
  if (!std::filesystem::exists(file)) {
    const tls::Authority made(library, "Mailscope CA of this machine", validity_from(now), tls::real_random);
    if (make_file(file, tls::identity_pem(made.own()), mode_private)) return made.own();
  }
  if (!is_private(file))
    throw std::runtime_error(tr("others may read the authority's key: {0} (chmod 600 it)", {file.string()}));
  auto identity = tls::identity_from_pem(library, read_whole(file).value_or(""));
  if (!identity || !tls::is_valid_at(*identity, now))
    throw std::runtime_error(
        tr("no valid authority is in {0}: remove the file, and a new one is made", {file.string()}));
  return *identity;
}

}  // namespace

KeptAuthority keep_authority(const std::filesystem::path& folder, Instant now) {
  if (folder.empty()) throw std::runtime_error(tr("there is no folder for the authority: choose one with --ca-dir"));
  const tls::Library library(tls::Library::Randomness::Real);
  make_private_folder(folder);
  tls::Identity own = read_or_make(library, folder / "ca-key.pem", now);
  const std::string text = tls::certificate_pem(own);
  const std::filesystem::path certificate = folder / "ca.pem";
  if (read_whole(certificate) != text) replace_file(certificate, text, mode_public);
  return {library, {library, std::move(own), tls::real_random}, certificate};
}

}  // namespace mailscope::live
