// A message in a mailbox: its content, shared with all copies, and what the mailbox says of it.
#pragma once

#include "protocols/core/time.hpp"
#include "protocols/mailstore/annotations.hpp"
#include "protocols/mailstore/content.hpp"
#include "protocols/mailstore/flags.hpp"
#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

struct Message {
  Uid uid;
  Flags flags;
  ModSeq modseq;          ///< of its last change (RFC 7162 §3.1.1)
  Instant internal_date;  ///< when it was received: copies keep it (RFC 9051 §2.3.3)
  Instant save_date;      ///< when it came into this mailbox (RFC 8514)
  ContentPointer content;
  AnnotationsPointer annotations{};
  ModSeq flags_changed{};        ///< when its flags last did, or it came: `modseq` is the later of the two
  ModSeq annotations_changed{};  ///< the same of its annotations; 0 where they never did
};

/// What is to be added to a mailbox.
struct NewMessage {
  ContentPointer content;
  Flags flags;  ///< of that mailbox
  Instant internal_date;
  AnnotationsPointer annotations{};
};

}  // namespace mailscope::mailstore
